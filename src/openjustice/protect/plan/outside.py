"""Reruns attacks outside: a released record file, and a list that anybody may hold; row numbers and no value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from openjustice.ground import discovery, errors
from openjustice.ground.engine import Table
from openjustice.linkage import columns, lookup
from openjustice.linkage.columns import MISSING
from openjustice.protect import attacks
from openjustice.protect.attack import Attack, AttackResult, share


@dataclass(frozen=True)
class Match:
    """One person of the list: how many records may be theirs, the likeliest record, and how probable it is.

    `person` and `record` are numbers of rows, from 1, without the header. `tied` counts records that are as likely.
    """

    person: int
    candidates: int
    record: int
    probability: float
    tied: int


@dataclass(frozen=True)
class Matched:
    """What looking a list of people up in a released file gave; `reveals` are the file's variables beyond the key."""

    key: tuple[str, ...]
    people: int
    records: int
    placed: int
    alone: int
    named_rate: float
    surely_named: int
    reveals: tuple[str, ...]
    matches: tuple[Match, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return this as plain values for JSON."""
        return asdict(self)


def match_people(
    release: Table,
    people: Table,
    *,
    key: Mapping[str, str],
    tolerance: Mapping[str, int],
    is_in_file: float,
    sure: float,
) -> Matched:
    """Look each row of a list up in a released file, and say which record may be theirs and how probably.

    `key` gives for each variable of the release the column of the list that tells it; without one, columns of one name are
    taken. The likeliest matches stand first. Raises ProtectionRefused where there is nothing to look up by.
    """
    pairs = find_key(release, people, key=key)
    theirs = columns.read_columns(release, release.column_names)
    listed = columns.read_columns(people, list(dict.fromkeys(pairs.values())))
    keys = lookup.code_keys(
        {name: listed[column] for name, column in pairs.items()}, theirs, key=list(pairs), tolerance=tolerance
    )
    found = lookup.look_up(keys, is_in_file=is_in_file)
    matched = np.flatnonzero(found.candidates > 0)
    order = matched[np.lexsort((matched, -found.probability[matched]))]
    beyond = [name for name in release.column_names if name not in pairs]
    return Matched(
        key=tuple(pairs),
        people=len(found.row),
        records=release.row_count,
        placed=len(matched),
        alone=int((found.candidates == 1).sum()),
        named_rate=share(found.probability.sum(), len(found.row)),
        surely_named=int((found.probability >= sure).sum()),
        reveals=tuple(name for name in beyond if (theirs[name].codes[found.row[matched]] != MISSING).any()),
        matches=tuple(
            Match(
                person=int(at) + 1,
                candidates=int(found.candidates[at]),
                record=int(found.row[at]) + 1,
                probability=round(float(found.probability[at]), 6),
                tied=int(found.tied[at]),
            )
            for at in order
        ),
    )


def lay_beside(
    release: Table,
    file: Table,
    *,
    attack: str,
    key: Sequence[str],
    wants: Sequence[str],
    given: Mapping[str, Any],
) -> AttackResult:
    """Run one of the attacks that set a second file beside the release, by its name; both may be public files."""
    plugin: Attack = discovery.load_plugin(attacks, attack, attribute="ATTACK")
    common = list(key) or list(find_key(release, file, key={}))
    result: AttackResult = plugin.run(
        release,
        known=release,
        key=[name for name in common if name not in wants],
        sensitive=wants,
        maximum_rate=1.0,
        parameters=plugin.read_parameters(given),
        against="the other file",
        sources={"the other file": file},
    )
    return result


def find_key(release: Table, people: Table, *, key: Mapping[str, str]) -> dict[str, str]:
    """Return which column of the list tells which variable of the release; raises ProtectionRefused with every fault."""
    pairs = dict(key) or {name: name for name in release.column_names if name in people.column_names}
    faults = [_unknown("the release", name) for name in pairs if name not in release.column_names] + [
        _unknown("the other file", name) for name in pairs.values() if name not in people.column_names
    ]
    if not pairs:
        faults.append(
            errors.Fault(
                code="no_common_column", what="The two files have no column of the same name.",
                way_out="Say which belongs to which: --key age_band=age,county=place",
                ask=errors.ProtectionRefused.who_must_act,
            )
        )  # fmt: skip
    if faults:
        raise errors.ProtectionRefused(faults)
    return pairs


def _unknown(where: str, name: str) -> errors.Fault:
    return errors.Fault(
        code="unknown_column", what=f"There is no column '{name}' in {where}.", way_out="Compare it with the header.",
        ask=errors.ProtectionRefused.who_must_act, place=errors.Place(field=name),
    )  # fmt: skip
