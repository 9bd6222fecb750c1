"""Blanks a little more of the record file where the tables less the file would tell how few people were kept out of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from openjustice.contracts.policy import Recoding, TableRules
from openjustice.ground import errors
from openjustice.ground.engine import Table
from openjustice.measure.frames import MeasuredTable
from openjustice.protect import cells, risk
from openjustice.protect.cells import Address
from openjustice.protect.methods.local_suppression import method
from openjustice.protect.methods.local_suppression.method import Suppressed
from openjustice.protect.plan import bounds, counts
from openjustice.protect.plan.bounds import LeftOut, Reader
from openjustice.protect.risk import BLANK, Combinations, Integers, Need


@dataclass(frozen=True)
class Beside:
    """The tables that will stand beside a record file: as measured, and how they are protected."""

    tables: Sequence[MeasuredTable]
    rules: TableRules
    dataset: str


def find_leaks(found: LeftOut, *, rules: TableRules) -> Integers:
    """Return the cells in which a number of people left out, from 1 to the minimum frequency, is known too closely."""
    width = rules.safety_interval.minimum_width if rules.safety_interval else 1
    beyond = (rules.safety_interval.must_contain_over if rules.safety_interval else None) or 0
    is_small = (found.truth > 0) & (found.truth < rules.minimum_frequency)
    is_close = (found.high - found.low < width) | (found.high <= beyond)
    return np.asarray(found.cells[is_small & is_close], dtype=np.int64)


def close(
    suppressed: Suppressed,
    *,
    recoded: Table,
    beside: Beside,
    recodings: Mapping[str, Recoding],
    needs: Sequence[Need],
    importance: Mapping[str, float],
) -> Suppressed:
    """Blank values of whole classes until no count of the tables, less the file, tells how few people were left out.

    All counts but the small ones, which are hidden anyhow, are taken as shown. Of the classes that certainly belong to a telling count the smallest is blanked, in the
    variable that matters least; a class is blanked as a whole, and no need may fail by it. Raises ProtectionRefused where
    no class can be blanked so.
    """
    counted = [item for table in beside.tables for item in counts.count_tables(table)]
    system = cells.make_cell_system(counted)
    shown = system.in_draft & (system.values >= beside.rules.minimum_frequency)
    truth = risk.read_combinations(recoded, variables=[name for name in recodings if name in recoded.column_names])
    after = suppressed.after
    while True:
        reader = Reader(truth, _as_combinations(after, suppressed), recodings=recodings)
        found = bounds.find_left_out_by(
            reader, system=system, shown=shown, dataset=beside.dataset, variables=truth.variables
        )
        leaks = find_leaks(found, rules=beside.rules).tolist()
        if not leaks:
            break
        address = system.addresses[leaks[0]]
        after = _blank_one(after, reader, address, recodings=recodings, needs=needs, importance=importance)
    if after is suppressed.after:
        return suppressed
    prices = np.array([importance.get(name, 1.0) for name in suppressed.variables])
    return replace(
        suppressed,
        after=after,
        price=float(((suppressed.before != after) @ prices).sum()),
        table=method.as_table(recoded, codes=after, variables=suppressed.variables, labels=suppressed.labels),
    )


def _as_combinations(after: Integers, suppressed: Suppressed) -> Combinations:
    codes, sizes = np.unique(after, axis=0, return_counts=True)
    return Combinations(
        variables=suppressed.variables, labels=suppressed.labels, codes=codes, counts=sizes.astype(np.int64)
    )


def _blank_one(
    after: Integers,
    reader: Reader,
    leak: Address,
    *,
    recodings: Mapping[str, Recoding],
    needs: Sequence[Need],
    importance: Mapping[str, float],
) -> Integers:
    variables = reader.shown.variables
    fields = {recodings[name].of for name, _ in leak if name in recodings}
    places = [at for at, name in enumerate(variables) if recodings[name].of in fields]
    for place in sorted(places, key=lambda at: (importance.get(variables[at], 1.0), at)):
        for code in _classes_to_blank(reader, leak, place=place):
            for key in _keys(variables, needs):
                made = after.copy()
                made[(after[:, key] == code[key]).all(axis=1), place] = BLANK
                if _meets(made, variables, needs):
                    return made
    raise errors.ProtectionRefused.because(
        "left_out_group_told",
        "The tables less the record file would tell how few people were kept out of the file, and no more blanks prevent it.",
        why="A count of the tables holds fewer of them than the minimum frequency, and the file shows all its other records.",
        way_out="Withhold these people from the tables too, drop a variable from the file, or protect them by the same rules as all others.",
    )


def _keys(variables: Sequence[str], needs: Sequence[Need]) -> list[list[int]]:
    """Return what makes a class: all variables, then each need's key, for where a smaller class would lack values."""
    return [list(range(len(variables))), *([variables.index(name) for name in need.key] for need in needs)]


def _classes_to_blank(reader: Reader, leak: Address, *, place: int) -> Iterator[Integers]:
    """Yield the codes of each class that shows the variable: those that certainly belong to the count first, smallest first."""
    codes, sizes = reader.shown.codes, reader.shown.counts
    shows = np.flatnonzero(codes[:, place] != BLANK)
    certain = reader.certain(leak)
    order = shows[np.lexsort((shows, sizes[shows], ~certain[shows]))]
    yield from codes[order]


def _meets(codes: Integers, variables: Sequence[str], needs: Sequence[Need]) -> bool:
    everybody = Combinations(
        variables=tuple(variables), labels=(), codes=codes, counts=np.ones(len(codes), dtype=np.int64)
    )
    for need in needs:
        found = risk.measure_risk(everybody, key=need.key, sensitive=tuple(need.l))
        if found.smallest_class < need.k or any(found.diversity[name] < least for name, least in need.l.items()):
            return False
    return True
