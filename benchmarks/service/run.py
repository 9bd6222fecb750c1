"""Measures the query service beside Datasette on the same rows, in turn: python benchmarks/service/run.py [--rows N] [--folder F].

Both run as they would in use, one process each, on this machine. Datasette is given its indexes, an immutable file, a time limit
of a minute and no limit on rows. Every answer is asked for over HTTP and read to its end; the first ones are not counted. Then the
service alone answers questions to the cube at a steady rate, and each is timed from the moment it was due.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).parent
QUESTIONS = {
    "groups by county and year": (
        "arrests/aggregate?group=county,year",
        "SELECT county, year, count(*) FROM arrests GROUP BY county, year",
    ),
    "groups by offense and disposition": (
        "arrests/aggregate?group=offense,disposition",
        "SELECT offense, disposition, count(*) FROM arrests GROUP BY offense, disposition",
    ),
    "groups by agency, year and race": (
        "arrests/aggregate?group=agency,year,race",
        "SELECT agency, year, race, count(*) FROM arrests GROUP BY agency, year, race",
    ),
}
CSV_ROWS = 100_000


def main() -> None:
    """Generate, start both, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="a folder made before, to keep or to use again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        if not (folder / "peer.db").exists():
            subprocess.run([sys.executable, HERE / "generate.py", folder, "--rows", str(given.rows)], check=True)
        ours, theirs = free_port(), free_port()
        serving = [
            subprocess.Popen([sys.executable, "-c", SERVE, folder / "public", str(ours)]),
            subprocess.Popen([
                sys.executable, "-m", "datasette", "serve", "-i", folder / "peer.db", "--port", str(theirs),
                "--setting", "sql_time_limit_ms", "60000", "--setting", "max_returned_rows", "1000000",
                "--setting", "max_csv_mb", "0", "--setting", "facet_time_limit_ms", "60000",
            ], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL),
        ]  # fmt: skip
        try:
            compare(ours, theirs, rounds=given.rounds, cpu=lambda place: cpu_seconds(serving[place].pid))
            asyncio.run(press(ours, rate=given.rate, seconds=given.seconds))
        finally:
            for process in serving:
                process.terminate()
                process.wait()


SERVE = """
import sys
from pathlib import Path
from openjustice.public.service import limits, run
found = limits.read_limits().model_copy(update={"largest_page_rows": 1_000_000})
with run.open_app(Path(sys.argv[1]), limits=found) as app:
    run.serve(app, host="127.0.0.1", port=int(sys.argv[2]))
"""


def compare(ours, theirs, *, rounds, cpu):
    """Ask both the same questions in turn, and print the medians of wall and processor time."""
    release = wait_for(f"http://127.0.0.1:{ours}/v1/datasets")["datasets"][0]["latest"]
    wait_for(f"http://127.0.0.1:{theirs}/-/versions.json")
    mine, peer = f"http://127.0.0.1:{ours}{release}", f"http://127.0.0.1:{theirs}/peer"
    pairs = {
        name: (f"{mine}/{asked}", f"{peer}.json?{urlencode({'sql': sql, '_shape': 'objects'})}")
        for name, (asked, sql) in QUESTIONS.items()
    }
    ones = [{"county": f"{county:03d}", "year": str(year)} for county in range(1, 9) for year in range(2010, 2015)]
    listed = [f"{mine}/arrests/records?{urlencode({**one, 'limit': 100})}" for one in ones]
    plain = {"_size": 100, "_shape": "objects", "_nofacet": 1, "_nosuggest": 1}
    pairs = {name: ([first], [second]) for name, (first, second) in pairs.items()}
    pairs["a county and year, 100 rows as JSON, rows counted"] = (
        listed, [f"{peer}/arrests.json?{urlencode({**one, **plain})}" for one in ones],
    )  # fmt: skip
    pairs["the same, rows not counted by the peer"] = (
        listed, [f"{peer}/arrests.json?{urlencode({**one, **plain, '_nocount': 1})}" for one in ones],
    )  # fmt: skip
    pairs[f"{CSV_ROWS:,} rows as CSV"] = (
        [f"{mine}/arrests/records?{urlencode({'format': 'csv', 'limit': CSV_ROWS})}"],
        [f"{peer}.csv?{urlencode({'sql': f'SELECT * FROM arrests LIMIT {CSV_ROWS}'})}"],
    )
    print(f"load {os.getloadavg()[0]:.1f}; medians of {rounds}, milliseconds of wall and of processor time")
    for name, asked in pairs.items():
        walls, cpus, sizes = ([], []), ([], []), [0, 0]
        for turn in range(rounds + 1):
            for place, addresses in enumerate(asked):
                before, started = cpu(place), time.perf_counter()
                sizes[place] = sum(len(fetch(address)) for address in addresses) // len(addresses)
                if turn:
                    walls[place].append(1000 * (time.perf_counter() - started) / len(addresses))
                    cpus[place].append(1000 * (cpu(place) - before) / len(addresses))
        wall, spent = [statistics.median(item) for item in walls], [statistics.median(item) for item in cpus]
        print(f"{name}: ours {wall[0]:.1f} ({spent[0]:.1f}), Datasette {wall[1]:.1f} ({spent[1]:.1f}): "
              f"{wall[1] / wall[0]:.1f} times, processor {spent[1] / max(spent[0], 1):.1f} times; bytes {sizes[0]:,} and {sizes[1]:,}")  # fmt: skip


async def press(port, *, rate, seconds):
    """Ask the cube at a steady rate over sixteen connections; print the latencies, from when each question was due."""
    release = json.loads(fetch(f"http://127.0.0.1:{port}/v1/datasets"))["datasets"][0]["latest"]
    chance, queue, taken, wrong = random.Random(1), asyncio.Queue(), [], 0
    for number in range(rate * seconds):
        county, race = (
            f"{1 + chance.randrange(58):03d}",
            chance.choice(["white", "hispanic", "black", "asian", "other"]),
        )
        group = chance.choice(["year", "sex", "year,sex", "offense", "disposition,year"])
        question = {
            "county": county,
            "race": race,
            "group": group,
            "measure": "sum:arrests",
            "year.min": 2010 + number % 10,
        }
        queue.put_nowait((number / rate, f"{release}/cube/aggregate?{urlencode(question)}"))
    started = time.perf_counter()

    async def work():
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while not queue.empty():
            due, address = queue.get_nowait()
            await asyncio.sleep(max(0.0, started + due - time.perf_counter()))
            writer.write(f"GET {address} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(length)
            wrong += not head.startswith(b"HTTP/1.1 200")
            taken.append(1000 * (time.perf_counter() - started - due))
        writer.close()

    await asyncio.gather(*(work() for _ in range(16)))
    taken.sort()
    print(f"{len(taken):,} questions to the cube at {rate} a second: median {statistics.median(taken):.1f} ms, "
          f"99 of 100 within {taken[int(0.99 * len(taken))]:.1f} ms, longest {taken[-1]:.1f} ms, {wrong} not answered")  # fmt: skip


def fetch(address):
    """Return the whole answer."""
    with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310 (of this machine)
        return answer.read()


def wait_for(address):
    """Return an address's JSON as soon as it answers."""
    for _ in range(600):
        try:
            return json.loads(fetch(address))
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def cpu_seconds(pid):
    """Return the processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port():
    """Return a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
