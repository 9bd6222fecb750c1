"""Measures a million observations written as RDF Data Cube and as a workbook, and reads the Turtle back with another program."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from openjustice.ground import engine
from openjustice.ground.terms import Plane
from openjustice.public.publish.content import Content, Dataframe, read_content
from openjustice.public.publish.release import known_formats
from openjustice.public.store import reader

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from unit.public.release_fixture import make_public_folder

OBSERVATIONS = 1_000_000
# 25 years, 400 places, 10 manners and 10 codes of a fourth variable; one number in nine is withheld, with its marker.
CUBE = """
SELECT (1999 + i % 25)::VARCHAR AS death_year, 'P' || (i // 25 % 400) AS county, 'M' || (i // 10000 % 10) AS manner,
  'S' || (i // 100000) AS sex, CASE WHEN i % 9 THEN i % 1000 END AS numerator,
  CASE WHEN i % 9 = 0 THEN 'c' END AS numerator_marker, (100000 + i % 7777)::DOUBLE AS denominator,
  NULL::VARCHAR AS denominator_marker, CASE WHEN i % 9 THEN round((i % 1000) / 7, 1)::DOUBLE END AS value,
  CASE WHEN i % 9 THEN round((i % 1000) / 8, 1)::DOUBLE END AS value_low, CASE WHEN i % 9 THEN round((i % 1000) / 6, 1)::DOUBLE END AS value_high,
  CASE WHEN i % 9 = 0 THEN 'c' END AS value_marker, 0.92::DOUBLE AS coverage, CASE WHEN i % 25 = 24 THEN 'p' END AS status_marker
FROM range($n) AS made(i)
"""


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Print the processor seconds of the block, and the most memory that the process has held so far."""
    started = time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {time.process_time() - started:.1f} s of processor time, peak {peak:,.0f} MiB")


def run() -> None:
    """Make the cube, write it, and read it back."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        content, frame = _product(folder)
        for form in known_formats():
            path = folder / f"{frame.id}{form.suffix}"
            with timed(f"{form.title}, {len(frame.rows):,} rows"):
                assert not form.refuses(content, frame)
                form.write(content, frame, path)
            print(f"  {path.stat().st_size / 1e6:,.0f} MB")
        with timed("Turtle read back by pyoxigraph"):
            said = sum(1 for _ in ox.parse(path=str(folder / f"{frame.id}.ttl"), format=ox.RdfFormat.TURTLE))
        print(f"  {said:,} statements")


def _product(folder: Path) -> tuple[Content, Dataframe]:
    make_public_folder(folder / "public")
    with reader.open_reader(folder / "public") as opened:
        content = read_content(opened, opened.releases()[-1])
    columns = {column.name: column for frame in content.frames for column in frame.columns}
    frame = next(item for item in content.frames if item.id == "deaths_rate__by_year_county")
    path = folder / f"{frame.id}.sealed.parquet"
    with engine.open_memory(plane=Plane.PUBLIC, directory=folder) as opened_engine:
        opened_engine.ask(f"COPY ({CUBE.replace('$n', str(OBSERVATIONS))}) TO '{path}' (FORMAT parquet)")
        with timed("The sealed table read"):
            table = opened_engine.read_parquet(path, name="cube")
            rows = table.rows()
    variables = ("death_year", "county", "manner", "sex")
    made = replace(frame, rows=rows, path=path, variables=variables, columns=tuple(columns[name] for name in rows[0]))
    return content, made


if __name__ == "__main__":
    run()
