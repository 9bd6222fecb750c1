"""The laws of methods that work on columns: written once here, and every method that claims one is put through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import discovery
from openjustice.protect import coded, methods
from openjustice.protect.coded import CodedTable
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.local_recoding import method as local_recoding

METHODS: dict[str, Method] = {
    name: method
    for name, method in discovery.load_plugins(methods, attribute="METHOD").items()
    if method.works_on is WorksOn.COLUMNS
}
Law = Callable[[Method, st.DataObject], None]

AGES = [
    ("20", "20-29", "20-39", "*"),
    ("25", "20-29", "20-39", "*"),
    ("31", "30-39", "20-39", "*"),
    ("44", "44", "40+", "*"),
]
SEXES = [("F", "*"), ("M", "*")]
PLACES = [("A1", "A"), ("A2", "A"), ("B1", "B"), ("B2", "B"), ("B3", "B")]  # no top: everything is added
TREES = tuple(coded.make_hierarchy(name, lines) for name, lines in (("age", AGES), ("sex", SEXES), ("place", PLACES)))


@st.composite
def coded_tables(draw: st.DrawFn, *, least: int = 1) -> CodedTable:
    size = draw(st.integers(least, 24))
    columns = tuple(
        np.array(draw(st.lists(st.integers(0, tree.leaves - 1), min_size=size, max_size=size)), dtype=np.int32)
        for tree in TREES
    )
    return CodedTable(tuple(tree.variable for tree in TREES), TREES, columns)


def recode(data: st.DataObject) -> tuple[CodedTable, int, list[tuple[str, ...]], str]:
    k = data.draw(st.integers(1, 4), label="k")
    table = data.draw(coded_tables(least=k), label="table")
    search = data.draw(st.sampled_from(["peel", "halve"]), label="search")
    return table, k, shown(table, k, search), search


def shown(table: CodedTable, k: int, search: str) -> list[tuple[str, ...]]:
    parameters = METHODS["local_recoding"].read_parameters({"k": k, "search": search})
    made: local_recoding.Recoded = METHODS["local_recoding"].apply(table, parameters=parameters)
    columns = [made.shown(name) for name in table.variables]
    return [tuple(labels[places[row]] for labels, places in columns) for row in range(table.records)]


def every_class_has_k(_: Method, data: st.DataObject) -> None:
    """Each combination that is shown is shown by k records."""
    k, rows = recode(data)[1:3]
    assert min(Counter(rows).values()) >= k


def values_kept_or_an_ancestor(_: Method, data: st.DataObject) -> None:
    """What is shown of a value is the value itself or what its hierarchy says it becomes."""
    table, rows = recode(data)[::2]
    for record, row in enumerate(rows):
        for tree, column, label in zip(table.hierarchies, table.columns, row, strict=True):
            climbed = {tree.labels[level][tree.codes[level, column[record]]] for level in range(tree.levels)}
            assert label in climbed | {"*"}


def nothing_is_lost(_: Method, data: st.DataObject) -> None:
    """There are as many records as before, and the loss lies between the bound and the whole."""
    k = data.draw(st.integers(1, 4))
    table = data.draw(coded_tables(least=k))
    made: local_recoding.Recoded = METHODS["local_recoding"].apply(
        table, parameters=METHODS["local_recoding"].read_parameters({"k": k})
    )
    assert made.dropped == 0
    assert all(len(made.shown(name)[1]) == table.records for name in table.variables)
    assert sum(made.grouping.sizes) == table.records
    assert -1e-9 <= made.lower_bound <= made.loss + 1e-9 <= 1 + 2e-9


def order_tells_nothing(_: Method, data: st.DataObject) -> None:
    """The same records in another order are shown as the same things, as a whole."""
    table, k, rows, search = recode(data)
    order = np.array(data.draw(st.permutations(range(table.records))))
    turned = CodedTable(table.variables, table.hierarchies, tuple(column[order] for column in table.columns))
    assert Counter(shown(turned, k, search)) == Counter(rows)


LAWS: dict[str, Law] = {
    law.__name__: law for law in (every_class_has_k, values_kept_or_an_ancestor, nothing_is_lost, order_tells_nothing)
}
CLAIMS = [(name, law) for name, method in METHODS.items() for law in method.laws]


@pytest.mark.parametrize(("name", "law"), CLAIMS)
@given(data=st.data())
def test_a_method_keeps_the_law_it_claims(name: str, law: str, data: st.DataObject) -> None:
    LAWS[law](METHODS[name], data)
