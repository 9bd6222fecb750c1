"""The audit of published tables: what follows exactly, what follows too closely, and witnesses for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

from openjustice.contracts.attacker import Attacker
from openjustice.protect.audit import determined, words
from openjustice.protect.audit.certificate import Certificate, Origin, digest_of, find_bounds
from openjustice.protect.audit.derivation import Derivation, Derivations
from openjustice.protect.audit.findings import Finding, Kind, TablesAudit
from openjustice.protect.audit.intervals import Intervals, Need, Reader, find_intervals
from openjustice.protect.audit.published import PublishedCells, PublishedTable, join_published
from openjustice.protect.audit.table import find_table

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_DERIVED = 200


def audit_tables(
    tables: Sequence[PublishedTable],
    *,
    attacker: Attacker,
    minimum_frequency: int | None = None,
    intervals: bool = True,
) -> TablesAudit:
    """Find what a reader of all tables together can work out of their hidden counts: the first is new, the rest are known.

    `minimum_frequency`: counts from 1 to below it are at stake; without it every hidden count is. Where the tables come with
    their true counts, small counts are told from helpers, and witnesses are made from the true table: the certificate is
    then confidential. Otherwise nothing enters but what was published. Without `intervals`, only what follows exactly is
    looked for. Claims: what it calls exact is derived, or was found by exact arithmetic; what it certifies is shown by
    tables in whole numbers. Surprise: a count that no table shows safe, and no sum shows unsafe, is undecided, and counts
    against the tables.
    """
    system = join_published(tables)
    exact = _determined(system)
    targets = _targets(system, minimum_frequency) & ~exact
    found = list(_exact_findings(system, exact, minimum_frequency=minimum_frequency))
    found += _contributor_findings(system, attacker, exact, minimum_frequency) if attacker.contributor_subtracts else []
    certificate = None
    if intervals and targets.any():
        more, certificate = _audit_intervals(system, targets, attacker=attacker, minimum_frequency=minimum_frequency)
        found += more
    return TablesAudit(
        tables=tuple(table.name for table in tables),
        cell_count=len(system),
        hidden_count=int(system.hidden.sum()),
        target_count=int(_targets(system, minimum_frequency).sum()),
        findings=tuple(found),
        certificate=certificate,
        intervals=intervals,
    )


def _determined(system: PublishedCells) -> Bools:
    return determined.find_determined(system.equations, system.hidden, parents=system.parents, blocks=system.blocks)


def _targets(system: PublishedCells, minimum_frequency: int | None) -> Bools:
    """Return the hidden cells at stake: small ones, where that is known."""
    if minimum_frequency is None or system.true_counts is None:
        return system.hidden
    return system.hidden & (system.true_counts >= 1) & (system.true_counts < minimum_frequency)


def _exact_findings(system: PublishedCells, exact: Bools, *, minimum_frequency: int | None) -> Iterator[Finding]:
    cells = np.flatnonzero(exact)
    if not len(cells):
        return
    before = _known_before(system)
    derivations = Derivations(system.equations, system.hidden)
    for number, cell in enumerate(cells.tolist()):
        derivation = derivations.derive(cell) if number < _DERIVED else None
        yield _finding(
            system,
            cell,
            Kind.EXACT,
            derivation=words.explain(system, derivation) if derivation else "",
            known_before=bool(before[cell]),
            small=_may_be_small(system, cell, derivation, minimum_frequency),
        )


def _may_be_small(
    system: PublishedCells, cell: int, derivation: Derivation | None, minimum_frequency: int | None
) -> bool:
    if minimum_frequency is None:
        return True
    if system.true_counts is not None:
        return bool(1 <= system.true_counts[cell] < minimum_frequency)
    return derivation is None or 1 <= derivation.value(system.counts) < minimum_frequency


def _known_before(system: PublishedCells) -> Bools:
    """Return which cells the earlier tables give away, or show, without the first one."""
    known = np.zeros(len(system), dtype=np.bool_)
    if len(system.tables) > 1:
        alone = join_published(system.tables[1:])
        given = alone.shown | _determined(alone)
        for mine, theirs in zip(system.places[1:], alone.places, strict=True):
            known[mine.ravel()] |= given[theirs.ravel()]
    return known


def _contributor_findings(
    system: PublishedCells, attacker: Attacker, exact: Bools, minimum_frequency: int | None
) -> list[Finding]:
    """Return the small counts that follow once the one person of a count of 1 takes himself away."""
    bounds = find_bounds(system, attacker.model_copy(update={"marks_distinguish": True, "small_up_to": 1}))
    hidden = np.flatnonzero(system.hidden)
    single = np.zeros(len(system), dtype=np.bool_)
    single[hidden[bounds[1] == 1]] = True
    together = determined.find_together(system.equations, system.hidden & ~exact, parents=system.parents)
    targets = _targets(system, minimum_frequency)
    found = []
    for group in together:
        singles = group[single[group]]
        others = group if len(singles) > 1 else group[~single[group]]
        found += [
            _finding(
                system,
                int(cell),
                Kind.CONTRIBUTOR,
                derivation=f"It changes only together with {system.name(int(singles[0]))}",
            )
            for cell in others
            if len(singles) and targets[cell]
        ]
    return found


def _audit_intervals(
    system: PublishedCells, targets: Bools, *, attacker: Attacker, minimum_frequency: int | None
) -> tuple[list[Finding], Certificate | None]:
    reader, need = _reader(system, attacker), Need(attacker.minimum_width, attacker.never_inside)
    cells = np.flatnonzero(system.hidden)
    base = find_table(reader) if system.true_counts is None else system.true_counts[cells]
    if base is None:
        return [_finding(system, int(cell), Kind.UNDECIDED) for cell in np.flatnonzero(targets)], None
    found = find_intervals(reader, base=base, targets=targets[cells], need=need)
    small = found.lowest < (minimum_frequency if minimum_frequency is not None else np.iinfo(np.int64).max)
    findings = [
        _finding(
            system,
            int(cells[found.targets[place]]),
            Kind.NARROW if found.narrow[place] else Kind.UNDECIDED,
            small=bool(small[place]),
        )
        for place in np.flatnonzero(~found.wide)
    ]
    return findings, _certify(system, found, base=base, attacker=attacker)


def _reader(system: PublishedCells, attacker: Attacker) -> Reader:
    unknown = sparse.csr_array(system.equations[:, np.flatnonzero(system.hidden)])
    rows = np.flatnonzero(np.diff(unknown.indptr) > 0)
    low, high = find_bounds(system, attacker)
    right = -(system.equations.astype(np.int64) @ system.counts)[rows]
    return Reader(matrix=sparse.csr_array(unknown[rows]).astype(np.int64), right=right, low=low, high=high)


def _certify(system: PublishedCells, found: Intervals, *, base: Ints, attacker: Attacker) -> Certificate:
    """Make the certificate; its first witness is a table that was moved already, where there is one."""
    changes = list(found.tables)
    if changes and system.true_counts is not None:
        base, changes = base + changes[0], [np.negative(changes[0]), *(item - changes[0] for item in changes[1:])]
    return Certificate(
        origin=Origin.PUBLISHED if system.true_counts is None else Origin.CONFIDENTIAL,
        digest=digest_of(system),
        attacker=attacker,
        claims=found.targets[found.wide],
        first=base,
        changes=tuple((np.flatnonzero(item), item[np.flatnonzero(item)]) for item in changes),
    )


def _finding(
    system: PublishedCells,
    cell: int,
    kind: Kind,
    *,
    derivation: str = "",
    known_before: bool = False,
    small: bool = True,
) -> Finding:
    number = next(number for number, place in enumerate(system.places) if (place == cell).any())
    table = system.tables[number]
    codes = system.codes(number, int(np.flatnonzero(system.places[number].ravel() == cell)[0]))
    return Finding(
        kind=kind, table=table.name, derivation=derivation, known_before=known_before, small=small,
        codes={item.name: code for item, code in zip(table.dimensions, codes, strict=True)},
    )  # fmt: skip
