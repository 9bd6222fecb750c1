"""Many agencies hand in files at once while the intake is killed again and again: python benchmarks/intake/run.py [--agencies N]
[--seconds S] [--kills K] [--seed N].

Each agency sends one file after another (a different period each time, so each is a submission of its own), in parts, with its
token; whatever fails, it asks where it was and goes on. The intake is killed (SIGKILL) at moments drawn from the seed and started
again. At the end every receipt must be genuine, every receipted file must be one submission of the store, with the very bytes, and
there must be no other. Prints what was found as one JSON object; exits 1 where anything was lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from openjustice.confidential.collect import submissions
from openjustice.confidential.collect.intake import receipts, tokens

ROOT = Path(__file__).resolve().parents[2]
DATASET = "demo/custody_deaths"
YEARS = range(2005, 2025)
PARTS = 3


def main() -> None:
    """Prepare, press, kill, look."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agencies", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        codes = [f"ME99{number:05}" for number in range(given.agencies)]
        registry = make_registry(place, codes)
        home = place / "home"
        openjustice("home", "init", home)
        receipts.keep_key(home, seed=b"k" * 32)
        secrets = {
            code: tokens.make_token(
                home, reporter=code, secret=hashlib.sha256(code.encode()).digest(), at="2026-01-01T00:00:00+00:00"
            )
            for code in codes
        }
        told = asyncio.run(press(home, registry, secrets, given))
        found = look(home, told)
    print(json.dumps(found))
    raise SystemExit(found["lost"] + found["doubled"] + found["not_genuine"] + found["not_receipted"] > 0)


def make_registry(place: Path, codes: list[str]) -> Path:
    """Copy the invented state, with so many agencies."""
    registry = place / "registry"
    for name in ("common", "demo"):
        shutil.copytree(ROOT / "registry" / name, registry / name)
    path = registry / "demo" / "agencies.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writerows(rows[0] | {next(iter(rows[0])): code} for code in codes)
    return registry


class Server:
    """The intake as a process that can be killed and started again at the same port."""

    def __init__(self, home: Path, registry: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._command = [
            sys.executable, "-m", "openjustice", "intake", "serve", "--home", home, "--registry", registry, "--port", str(self.port),
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def kill(self) -> None:
        """Kill it without a word."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def press(home: Path, registry: Path, secrets: dict[str, str], given: argparse.Namespace) -> list[dict]:
    """Let every agency send until the time is over, killing meanwhile; then let every announced file come to its end."""
    server, chance = Server(home, registry), random.Random(given.seed)
    ending = asyncio.Event()
    told: list[dict] = []
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{server.port}", timeout=60, limits=httpx.Limits(max_connections=None)
    ) as client:
        senders = [
            asyncio.create_task(send(client, code, text, ending, told, random.Random(code)))
            for code, text in secrets.items()
        ]
        started = time.monotonic()
        for moment in sorted(chance.uniform(2, given.seconds) for _ in range(given.kills)):
            await asyncio.sleep(max(0.0, started + moment - time.monotonic()))
            await asyncio.to_thread(server.kill)
            server.start()
        await asyncio.sleep(max(0.0, started + given.seconds - time.monotonic()))
        ending.set()
        await asyncio.gather(*senders)
        for item in told:  # until each has its result
            item["result"] = await until_done(client, item, secrets[item["reporter"]])
    server.process.send_signal(signal.SIGINT)
    server.process.wait(60)
    return told


async def send(client, code, secret, ending, told, chance):
    """Send one file after another until it is time to end."""
    for number, year in enumerate(YEARS):
        if ending.is_set():
            return
        content = make_file(code, year, rows=chance.randrange(5, 60))
        said = {
            "dataset": DATASET, "period": str(year), "file_name": f"deaths-{number}.csv", "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }  # fmt: skip
        receipt, tries = await hand_in(client, said, content, {"Authorization": f"Bearer {secret}"})
        told.append(
            {"reporter": code, "sha256": said["sha256"], "period": said["period"], "receipt": receipt, "tries": tries}
        )
        await asyncio.sleep(chance.uniform(0, 1))


async def hand_in(client, said, content, headers):
    """Hand in one file, whatever fails on the way, and return its receipt and how many requests that took."""
    tries = 0
    while True:
        tries += 1
        try:
            announced = await client.post("/v1/submissions", json=said, headers=headers)
            if announced.status_code == 503:
                await asyncio.sleep(float(announced.headers["retry-after"]) / 5)
                continue
            announced.raise_for_status()
            upload = announced.json()
            while upload["receipt"] is None:
                tries += 1
                offset = upload["bytes_here"]
                part = content[offset : offset + 1 + len(content) // PARTS]
                answer = await client.patch(
                    f"{upload['at']}/content", content=part, headers=headers | {"Upload-Offset": str(offset)}
                )
                if answer.status_code == 202:
                    upload = answer.json()
                elif answer.status_code in (204, 409):
                    upload["bytes_here"] = int(answer.headers["upload-offset"])
                else:
                    answer.raise_for_status()
            return upload["receipt"], tries
        except httpx.TransportError:
            await asyncio.sleep(0.2)


async def until_done(client, item, secret):
    """Return the result of a submission as soon as there is one."""
    while True:
        try:
            answer = await client.get(
                f"/v1/submissions/{item['receipt']['submission']}", headers={"Authorization": f"Bearer {secret}"}
            )
            if answer.status_code == 200 and answer.json()["result"]:
                return answer.json()["result"]
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)


def make_file(code: str, year: object, *, rows: int) -> bytes:
    """Make a file of invented deaths that passes every check."""
    example = ROOT / "registry" / "demo" / "datasets" / "custody_deaths" / "examples" / "good.csv"
    with example.open(newline="", encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    changes = {"agency": code, "date_of_birth": "1974-03-25", "age": str(int(str(year)) - 1974)}
    made = [
        first
        | changes
        | {
            "record_number": f"{year}-{60 * int(code[-5:]) + number:05}",
            "date_of_death": f"{year}-0{4 + number % 6}-10",
        }
        for number in range(rows)
    ]
    lines = [",".join(first), *(",".join(row.values()) for row in made)]
    return ("\n".join(lines) + "\n").encode()


def look(home: Path, told: list[dict]) -> dict:
    """Compare what the senders were told with what the store holds."""
    public = receipts.public_text(receipts.read_key(home))
    held = Counter((row["reporter"], row["period"], row["sha256"]) for row in submissions.list_submissions(home))
    sent = {(item["reporter"], item["period"], item["sha256"]) for item in told}
    raw = {path.name.partition(".")[0] for path in (home / "confidential" / "raw").rglob("*") if path.is_file()}
    return {
        "files": len(told), "requests": sum(item["tries"] for item in told), "states": dict(Counter(item["result"]["state"] for item in told)),
        "lost": sum(held[key] == 0 or key[2] not in raw for key in sent), "doubled": sum(count - 1 for count in held.values()),
        "not_receipted": len(set(held) - sent), "not_genuine": sum(not is_genuine(item["receipt"], public) for item in told),
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def is_genuine(receipt: dict, public: str) -> bool:
    """Say whether a receipt was signed by this home."""
    receipts.verify(receipt, public=public)
    return True


def openjustice(*words: object) -> None:
    """Run a command."""
    subprocess.run([sys.executable, "-m", "openjustice", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
