"""Invents stops in the shape of 2024: as many as asked for, from a seed, the same bytes each time, with what is true in a file apart.

The files are those of a delivery (stop, officer, person). Persons and places are drawn from pools, so that a file of millions is made at
the speed of writing it; keys, days and officers differ in every row.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from openjustice.contracts import related
from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.contracts.jurisdiction import Dataset
from openjustice.contracts.stop_bodies import PLANTED, Body, Shares, make_person, make_place
from openjustice.ground import errors

_POOL = 12_000
_CHUNK = 100_000


class PublishedAgency(Declared):
    """An agency and the persons that it reported."""

    name: str
    persons: int


class KnownError(Declared):
    """An error that releases are known to carry: so many records of so many persons."""

    records: int
    persons: int
    year: str


class FalseRace(Declared):
    """Officers who write down another race than they perceived: their share, the share of their stops, and what they write."""

    officers: float
    stops: float
    written: str


class InventedStops(Declared):
    """How stops are invented: published totals with their source, shares, and what is known to go wrong."""

    invented: str
    says: str
    source: str
    stops_published: Mapping[str, int]
    persons_published: Mapping[str, int]
    agencies: Mapping[str, PublishedAgency]
    stops_for_each_officer: int
    shares: Shares
    errors: Mapping[str, KnownError]
    false_race: FalseRace

    @property
    def persons_for_each_stop(self) -> float:
        """Return the persons to a stop in the release that has both totals."""
        year = next(iter(self.persons_published))
        return self.persons_published[year] / self.stops_published[year]


@dataclass(frozen=True)
class Made:
    """What was made: the folder, the rows of each table, and how many rows each planted thing is in."""

    folder: Path
    rows: Mapping[str, int]
    planted: Mapping[str, int]


def read_invented(dataset: Dataset) -> InventedStops:
    """Read how stops are invented from the dataset's folder; raises RegistryRefused with every fault."""
    path = dataset.folder.path.parent / "invented.yaml"
    faults: list[errors.Fault] = []
    made = validate(read_declaration(path, label=path.name), InventedStops, faults)
    if faults:
        raise errors.RegistryRefused(faults)
    return made  # type: ignore[no-any-return]


def invent_stops(
    folder: Path, *, dataset: Dataset, stops: int, seed: int, year: int, is_clean: bool = False, scale: float = 1.0
) -> Made:
    """Write stop.csv, officer.csv, person.csv and truth.csv into a folder and return what was made.

    `stops` is how many, spread over the months of a `year`. Errors are planted at their published rates times `scale`, none with
    `is_clean`. truth.csv has one row for each planted thing: the table, the line of its file, what was planted, and for a false race
    what was perceived.
    """
    given = read_invented(dataset)
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Writer(folder, dataset, given, seed=seed, year=year, total=stops)
    for start in range(0, stops, _CHUNK):
        writer.add(start, min(_CHUNK, stops - start), scale=0.0 if is_clean else scale)
    return writer.close()


class _Writer:
    def __init__(
        self, folder: Path, dataset: Dataset, given: InventedStops, *, seed: int, year: int, total: int
    ) -> None:
        self._folder, self._given, self._seed = folder, given, seed
        contract = dataset.contract
        self._names = {table: list(related.fields_of_table(contract, table)) for table in related.table_names(contract)}
        self._files = {table: (folder / f"{table}.csv").open("wb", buffering=1 << 20) for table in self._names}
        for table, names in self._names.items():
            self._files[table].write((",".join(names) + "\n").encode())
        self._truth = (folder / "truth.csv").open("w", encoding="utf-8", newline="")
        self._told = csv.writer(self._truth, lineterminator="\n")
        self._told.writerow(["table", "line", "planted", "perceived"])
        self._rows = dict.fromkeys(self._names, 0)
        self._planted: dict[str, int] = {}
        self._known_officers: dict[tuple[int, int], bytes] = {}
        self._days = [
            date(year, 1, 1) + timedelta(days=number)
            for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
        ]
        self._oris = list(given.agencies)
        weights = np.array([item.persons for item in given.agencies.values()], dtype=float)
        self._weights = weights / weights.sum()
        self._officers = np.maximum(1, (self._weights * total / given.stops_for_each_officer)).astype(int)
        size = max(200, min(_POOL, total))
        random = Random(f"{seed} pools")  # noqa: S311 (invented data)
        self._kinds = list(given.shares.stop_type)
        self._places = {
            kind: [make_place(random, given.shares, kind=kind) for _ in range(size)] for kind in self._kinds
        }
        self._persons = {
            kind: [make_person(random, given.shares, kind=kind) for _ in range(size)] for kind in self._kinds
        }
        self._place_tails = {
            kind: [self._tail("stop", body, skip=4) for body in pool] for kind, pool in self._places.items()
        }
        self._person_tails = {
            kind: [self._tail("person", body, skip=3) for body in pool] for kind, pool in self._persons.items()
        }

    def _tail(self, table: str, body: Body, *, skip: int) -> bytes:
        return (",".join(_quoted(body.get(name, "")) for name in self._names[table][skip:]) + "\n").encode()

    def add(self, start: int, count: int, *, scale: float) -> None:
        """Write so many stops, each from its own place in the sequence of the seed."""
        random = np.random.default_rng([self._seed, start])
        shares = self._given.shares
        kinds = _pick(random, shares.stop_type, count)
        agencies = random.choice(len(self._oris), size=count, p=self._weights)
        officers = (random.random(count) * self._officers[agencies]).astype(int)
        days = random.integers(0, len(self._days), size=count)
        if start == 0:  # every agency has stops in every month, however few stops there are in all
            for number in range(min(count, 12 * len(self._oris))):
                agencies[number] = number % len(self._oris)
                days[number] = (number // len(self._oris)) * 30 + 15
                officers[number] = 0
        size = len(self._places[self._kinds[0]])
        places, extra = random.integers(0, size, size=count), random.random(count)
        persons = (
            1 + (extra < self._given.persons_for_each_stop - 1) + (extra < (self._given.persons_for_each_stop - 1) / 8)
        )
        bodies = random.integers(0, size, size=(count, 3))
        false = self._false(random, agencies, officers, days) & (scale > 0)
        planted = self._plan(random, int(persons.sum()), scale)
        lines: dict[str, list[bytes]] = {table: [] for table in self._names}
        place_in_chunk = 0
        for number in range(count):
            ori, kind = self._oris[agencies[number]], self._kinds[kinds[number]]
            key = f"{ori},S{start + number:09d},".encode()
            day = self._days[days[number]].strftime("%m/%d/%Y")
            lines["stop"].append(key + f"I,{day},".encode() + self._place_tails[kind][places[number]])
            lines["officer"].append(key + self._officer(agencies[number], officers[number]))
            for person in range(persons[number]):
                which = bodies[number][person]
                tail = self._person_tails[kind][which]
                if (error := planted.get(place_in_chunk)) is not None:
                    tail = self._tail("person", PLANTED[error](self._persons[kind][which]), skip=3)
                    self._tell(error, place_in_chunk)
                elif false[number]:
                    body = self._persons[kind][which]
                    tail = self._tail("person", body | {"perceived_race": self._given.false_race.written}, skip=3)
                    self._tell("false_race", place_in_chunk, body["perceived_race"])
                lines["person"].append(key + f"{person + 1},".encode() + tail)
                place_in_chunk += 1
        for table, made in lines.items():
            self._files[table].write(b"".join(made))
            self._rows[table] += len(made)

    def _officer(self, agency: int, officer: int) -> bytes:
        if (known := self._known_officers.get((agency, officer))) is not None:
            return known
        random = Random(f"{self._seed} officer {agency} {officer}")  # noqa: S311 (invented data)
        race, gender = random.choice(("7", "3", "2", "1", "3;7")), random.choice(("1", "1", "1", "2"))
        made = f"{agency:02d}{officer:07d},{random.randrange(1, 30)},1,,{race},{gender},N\n".encode()
        self._known_officers[agency, officer] = made
        return made

    def _false(self, random: Any, agencies: Any, officers: Any, days: Any) -> Any:
        share = self._given.false_race
        every = max(1, round(1 / share.officers)) if share.officers else 0
        writes = (officers % every == 0) if every else np.zeros(len(officers), dtype=bool)
        return writes & (days >= len(self._days) * 3 // 4) & (random.random(len(agencies)) < share.stops)

    def _plan(self, random: Any, persons: int, scale: float) -> dict[int, str]:
        planted: dict[int, str] = {}
        for name, error in self._given.errors.items():
            expected = error.records / error.persons * persons * scale
            number = int(expected) + int(random.random() < expected % 1)
            for place in random.integers(0, max(persons, 1), size=number):
                planted.setdefault(int(place), name)
        return planted

    def _tell(self, name: str, place: int, perceived: str = "") -> None:
        # The header is line 1.
        self._told.writerow(["person", self._rows["person"] + place + 2, name, perceived])
        self._planted[name] = self._planted.get(name, 0) + 1

    def close(self) -> Made:
        for stream in self._files.values():
            stream.close()
        self._truth.close()
        return Made(self._folder, self._rows, self._planted)


def _pick(random: Any, weights: Mapping[str, float], count: int) -> Any:
    shares = np.array(list(weights.values()), dtype=float)
    return random.choice(len(shares), size=count, p=shares / shares.sum())


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text
