"""Hands hostile and broken files to the check: python benchmarks/fuzz/run.py [--count N] [--seed S] [--bombs].

Every file of the gallery is changed in some places at random (bytes, lines, cells, archives), and hostile ones are made besides: ten
megabytes of chance, deep JSON, packed files that unpack a thousandfold, workbooks whose entities grow, a million columns, one endless
line. Each is checked as a clerk's command would check it, in a process whose address space and time are limited. Counts the outcomes:
a result or a refusal is right; anything else (another exception, more than ten seconds, more than a gibibyte) is printed with what
makes it again, and the script exits with 1.
"""

from __future__ import annotations

import argparse
import gzip
import io
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
NEWLINE = "\n"
SECONDS, BYTES = 10, 1 << 30
BATCH = 500
TODAY = date(2026, 3, 2)
SPECIAL = [b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"=1+1", b"-0", b"1e999", b"\\N",
           b"\xc0\x80", b"NaN", b"\xf0\x9f\x98\x80", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"{", b"[", b"9" * 40, b'""' * 20]  # fmt: skip


def main() -> None:
    """Check them all and print what became of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--bombs", action="store_true", help="only the hostile files that are made, not the changed ones"
    )
    given = parser.parse_args()
    seen: Counter[str] = Counter()
    slowest, largest, wrong = 0.0, 0, []
    numbers = [] if given.bombs else list(range(given.count))
    batches = [numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH)]
    batches += [[name] for name in bombs()]
    scratch = Path(tempfile.mkdtemp())
    for batch in batches:
        if isinstance(batch[0], str):  # made here, so that the memory it takes to make it is not the check's
            file, content = bombs()[batch[0]]()
            path = scratch / file
            path.write_bytes(content)
            del content
            batch[0] = f"{batch[0]}\n{path}"
        for name, outcome, seconds, peak in run_batch(batch, given.seed):
            seen[outcome.partition(":")[0]] += 1
            slowest, largest = max(slowest, seconds), max(largest, peak)
            if outcome.startswith(("crash", "slow", "killed")):
                wrong.append(f"{name!r}: {outcome}, {seconds:.1f} s, {peak / 2**20:.0f} MiB")
            if isinstance(name, str):
                print(
                    f"{name.partition(NEWLINE)[0]}: {outcome}, {seconds:.1f} s, peak of the process {peak / 2**20:.0f} MiB"
                )
    print(
        f"{sum(seen.values()):,} files: {dict(seen)}; longest {slowest:.1f} s, largest process {largest / 2**20:.0f} MiB"
    )
    print("\n".join(wrong))
    shutil.rmtree(scratch, ignore_errors=True)
    raise SystemExit(bool(wrong))


def run_batch(names: list, seed: int) -> Iterator[tuple]:
    """Check some files in a process of their own; where it dies, the one that it died of is told, and the rest go on."""
    left = list(names)
    while left:
        receiving, sending = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.get_context("spawn").Process(target=check_all, args=(left, seed, sending))
        process.start()
        sending.close()
        done = 0
        try:
            while True:
                yield receiving.recv()
                done += 1
        except EOFError:
            process.join()
        if done < len(left):
            yield left[done], f"killed: {process.exitcode}", float(SECONDS), BYTES
            done += 1
        left = left[done:]


def check_all(names: list, seed: int, sending) -> None:
    """Check files one after another and send what became of each."""
    sys.path.insert(0, str(ROOT / "src"))
    from openjustice.confidential.collect import submission, validate
    from openjustice.contracts import registry
    from openjustice.ground import errors

    loaded = registry.load_registry([ROOT / "registry"])
    signal.signal(signal.SIGALRM, ring)
    gallery = read_gallery()
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            path, dataset = make(name, seed, gallery, Path(scratch))
            found = loaded.dataset(dataset)
            started = time.process_time()
            signal.alarm(6 * SECONDS)  # of wall time, on a machine with other work; processor time is what is judged
            try:
                submission.check_file(path)
                result = validate.check_file(
                    path, dataset=found, jurisdiction=loaded.jurisdiction(found.jurisdiction), today=TODAY
                )
                outcome = str(result.verdict)
            except errors.HouseFault as fault:
                outcome = f"crash: {fault.codes}"
            except errors.Refusal as refusal:
                outcome = f"refused: {refusal.codes[0]}"
            except TimeoutError:
                outcome = "slow"
            except BaseException as fault:  # noqa: BLE001 (that is what is looked for)
                outcome = f"crash: {type(fault).__name__}"
            signal.alarm(0)
            seconds = time.process_time() - started
            path.unlink()
            peak = peak_bytes()
            if seconds > SECONDS or peak > BYTES:
                outcome = f"slow: {outcome}" if seconds > SECONDS else f"crash: large, {outcome}"
            sending.send((name, outcome, seconds, peak))


def peak_bytes() -> int:
    """Return the most memory this process has held. (getrusage would tell that of the process it was forked from.)"""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(next(line.split()[1] for line in told.splitlines() if line.startswith("VmHWM")))


def ring(*_: object) -> None:
    """End a check that takes too long."""
    raise TimeoutError


def read_gallery() -> list[tuple[str, bytes, str]]:
    """Return every file of the gallery: its name, its bytes and its dataset."""
    found = []
    for told in sorted((ROOT / "tests" / "gallery").glob("*/expected.yaml")):
        said = yaml.safe_load(told.read_text(encoding="utf-8"))
        found.append((said["file"], (told.parent / said["file"]).read_bytes(), said["dataset"]))
    return found


def make(name, seed: int, gallery: list, scratch: Path) -> tuple[Path, str]:
    """Write the file of this name: a number is a changed one of the gallery, a word a hostile one."""
    if isinstance(name, str):
        return Path(name.partition(NEWLINE)[2]), "demo/custody_deaths"
    else:
        chance = random.Random(f"{seed} {name}")
        file, content, dataset = chance.choice(gallery)
        for _ in range(chance.choice([1, 1, 2, 3, 8, 40])):
            content = change(content, chance)
    path = scratch / file
    path.write_bytes(content)
    return path, dataset


def change(content: bytes, chance: random.Random) -> bytes:
    """Change one place of a file."""
    at, to = sorted((chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)))
    match chance.randrange(9):
        case 0:
            return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
        case 1:
            return content[:at] + chance.choice(SPECIAL) + content[at:]
        case 2:
            return content[:at] + content[min(to, at + 60) :]
        case 3:
            return content[:to] + content[at:to][:5000] + content[to:]
        case 4:
            return content[:at]
        case 5:
            lines = content.split(b"\n")
            chance.shuffle(lines)
            return b"\n".join(lines)
        case 6:
            return content.replace(chance.choice(SPECIAL), chance.choice(SPECIAL), chance.choice([1, 5, -1]))
        case 7:
            return content[:at] + chance.randbytes(chance.randrange(1, 200)) + content[at:]
        case _:
            return content.replace(b",", chance.choice([b";", b"\t", b"|", b",,"]), chance.choice([1, 10, -1]))


def bombs() -> dict:
    """Return what makes each hostile file, by name."""
    rows = next(content for file, content, _ in read_gallery() if file.endswith(".csv") and b"record_number" in content)
    head, body = rows.split(b"\n", 1)
    return {
        "ten megabytes of chance": lambda: ("chance.csv", random.Random(1).randbytes(10_000_000)),
        "ten megabytes of chance as a workbook": lambda: ("chance.xlsx", random.Random(2).randbytes(10_000_000)),
        "ten megabytes of chance as Parquet": lambda: ("chance.parquet", b"PAR1" + random.Random(3).randbytes(10_000_000) + b"PAR1"),
        "chance, packed": lambda: ("chance.csv.gz", gzip.compress(random.Random(4).randbytes(10_000_000), 1)),
        "deep JSON": lambda: ("deep.jsonl", b"[" * 1_000_000 + b"]" * 1_000_000 + b"\n"),
        "deep objects": lambda: ("deep.jsonl", b'{"a":' * 500_000 + b"1" + b"}" * 500_000 + b"\n"),
        "a packed file that unpacks a thousandfold": lambda: ("bomb.csv.gz", gzip.compress(head + b"\n" + b"0" * 600_000_000, 9)),
        "packed rows without end": lambda: ("rows.csv.gz", gzip.compress(head + b"\n" + body * (400_000_000 // len(body)), 9)),
        "a workbook that unpacks a thousandfold": lambda: ("bomb.xlsx", workbook(b"<sheetData>" + b" " * 800_000_000 + b"</sheetData>")),
        "a workbook whose entities grow": lambda: ("laughs.xlsx", workbook(b"<sheetData><row><c t='inlineStr'><is><t>&i;</t></is></c></row></sheetData>", entities=True)),
        "a workbook of many cells": lambda: ("cells.xlsx", workbook(b"<sheetData>" + b"<row><c><v>1</v></c></row>" * 3_000_000 + b"</sheetData>")),
        "a million columns": lambda: ("columns.csv", b",".join(b"c%d" % number for number in range(1_000_000)) + b"\n"),
        "one endless line": lambda: ("line.csv", head + b"\n" + b"x" * 200_000_000),
        "a quotation mark that never closes": lambda: ("quote.csv", head + b'\n"' + body * (50_000_000 // len(body))),
        "quotation marks everywhere": lambda: ("quotes.csv", head + b"\n" + b'",' * 20_000_000),
        "empty lines": lambda: ("empty.csv", head + b"\n" * 20_000_000),
        "NUL bytes": lambda: ("nul.csv", head + b"\n" + b"\x00" * 50_000_000),
        "an archive in itself": lambda: ("nested.zip", nested(6)),
    }  # fmt: skip


def workbook(sheet: bytes, *, entities: bool = False) -> bytes:
    """Return a workbook with one sheet of this content."""
    grows = b"".join(b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(8))
    kind = b'<?xml version="1.0"?>' + (b'<!DOCTYPE x [<!ENTITY a "ha">' + grows + b"]>" if entities else b"")
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packages = b"http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": b'<Types xmlns="%s/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>' % packages,
        "_rels/.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>' % (packages, links),
        "xl/workbook.xml": b'<workbook xmlns="%s" xmlns:r="%s"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>' % (main, links),
        "xl/_rels/workbook.xml.rels": b'<Relationships xmlns="%s/relationships"><Relationship Id="r1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/></Relationships>' % (packages, links),
        "xl/worksheets/sheet1.xml": kind + b'<worksheet xmlns="%s">' % main + sheet + b"</worksheet>",
    }  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def nested(depth: int) -> bytes:
    """Return an archive in an archive, so deep."""
    content = b"x"
    for _ in range(depth):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{number}.zip", content)
        content = packed.getvalue()
    return content


if __name__ == "__main__":
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    main()
