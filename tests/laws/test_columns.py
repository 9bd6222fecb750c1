"""The laws of methods that work on columns: written once here, and every method that claims one is put through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.ground import discovery, errors
from openjustice.protect import coded, methods, private_counts
from openjustice.protect.coded import CodedTable
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.local_recoding import method as local_recoding
from openjustice.protect.methods.synthetic_records import consistency, measuring
from openjustice.protect.methods.synthetic_records import method as synthetic_records
from openjustice.protect.private_counts import Spending

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


numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))
words = st.sampled_from(["a", "b", "c"])


def apply(method: Method, columns: object, parameters: dict[str, Any], **more: object) -> Any:
    return method.apply(columns, parameters=method.read_parameters(parameters), **more)


@st.composite
def tails(draw: st.DrawFn) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    values = np.array(draw(st.lists(numbers | st.just(np.nan), min_size=1, max_size=30)))
    top, bottom = draw(st.floats(0, 100)), draw(st.none() | st.floats(-100, -1))
    return values, {"top": top, "bottom": bottom, "least": 1, "shown_as": draw(st.sampled_from(["bound", "mean"]))}


def nothing_beyond_the_bounds(method: Method, data: st.DataObject) -> None:
    """No value is shown beyond a bound; where the mean is shown, all values beyond are that one."""
    values, parameters = data.draw(tails())
    shown = apply(method, values, parameters)
    over = shown[~np.isnan(values) & (values > parameters["top"])]
    assert len(set(over.tolist())) <= 1
    assert parameters["shown_as"] == "mean" or (over == parameters["top"]).all()


def within_the_bounds_nothing_changes(method: Method, data: st.DataObject) -> None:
    """What lies between the bounds, or is missing, is as it was."""
    values, parameters = data.draw(tails())
    shown = apply(method, values, parameters)
    low = -np.inf if parameters["bottom"] is None else parameters["bottom"]
    inside = np.isnan(values) | ((values <= parameters["top"]) & (values >= low))
    assert np.array_equal(shown[inside], values[inside], equal_nan=True)


def means_kept_where_asked(method: Method, data: st.DataObject) -> None:
    """Shown as means, the tails leave the sum of all values as it was."""
    values, parameters = data.draw(tails())
    shown = apply(method, values, parameters | {"shown_as": "mean"})
    assert np.nansum(shown) == pytest.approx(np.nansum(values), abs=1e-3)


@st.composite
def grouped(draw: st.DrawFn, *, widest: int = 3, longest: int = 25) -> tuple[dict[str, np.ndarray[Any, Any]], int]:
    k, width = draw(st.integers(1, 4)), draw(st.integers(1, widest))
    size = draw(st.integers(k, longest))
    return {str(at): np.array(draw(st.lists(numbers, min_size=size, max_size=size))) for at in range(width)}, k


def groups_hold_k(method: Method, data: st.DataObject) -> None:
    """Each group has from k to 2k - 1 records, and every record a group."""
    columns, k = data.draw(grouped())
    sizes = np.bincount(apply(method, columns, {"k": k}).groups)
    assert k <= sizes.min() <= sizes.max() <= 2 * k - 1
    assert sizes.sum() == len(columns["0"])


def group_means_are_shown(method: Method, data: st.DataObject) -> None:
    """Each record shows the mean of its group, so the mean of all stays."""
    columns, k = data.draw(grouped())
    made = apply(method, columns, {"k": k})
    for name, column in columns.items():
        for group in np.unique(made.groups):
            assert made.columns[name][made.groups == group] == pytest.approx(
                column[made.groups == group].mean(), abs=1e-6
            )
        assert made.columns[name].mean() == pytest.approx(column.mean(), abs=1e-6)
    assert -1e-9 <= made.lost <= 1 + 1e-9


def one_variable_is_grouped_best(method: Method, data: st.DataObject) -> None:
    """No way to cut the ordered values into groups of k has a smaller sum of squares."""
    columns, k = data.draw(grouped(widest=1, longest=9))
    values = np.sort(columns["0"])
    made = apply(method, columns, {"k": k})
    ours = float(((columns["0"] - made.columns["0"]) ** 2).sum())
    cuts = [set(places) for count in range(len(values)) for places in combinations(range(1, len(values)), count)]
    tried = [np.split(values, sorted(places)) for places in cuts]
    best = min(
        sum(float(((part - part.mean()) ** 2).sum()) for part in parts) for parts in tried if min(map(len, parts)) >= k
    )
    assert ours == pytest.approx(best, rel=1e-6, abs=1e-3)


@st.composite
def files(draw: st.DrawFn) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
    size = draw(st.integers(1, 25))
    columns = {
        name: np.array(draw(st.lists(words, min_size=size, max_size=size))) for name in ("place", "area", "age", "sex")
    }
    agree = draw(st.sampled_from([(), ("age",), ("age", "sex")]))
    swap = draw(st.sampled_from([("place",), ("place", "area")]))
    return columns, {
        "swap": swap,
        "agree": agree,
        "k": draw(st.integers(1, 4)),
        "share": draw(st.sampled_from([0, 0.5])),
    }


def margins_unchanged(method: Method, data: st.DataObject) -> None:
    """Counts of the swapped variables with the agreeing ones stay; all other columns stay as they are."""
    columns, parameters = data.draw(files())
    made = apply(method, columns, parameters, seed=data.draw(st.integers(0, 9))).columns
    named = [*parameters["swap"], *parameters["agree"]]
    before, after = (Counter(zip(*(table[name] for name in named), strict=True)) for table in (columns, made))
    assert before == after
    assert all((made[name] == columns[name]).all() for name in columns if name not in parameters["swap"])


def only_partners_swap(method: Method, data: st.DataObject) -> None:
    """Partners are each other's, agree in what is named, and differ in what they swap; who is at risk has one if one is free."""
    columns, parameters = data.draw(files())
    made = apply(method, columns, parameters, seed=1)
    for record, partner in enumerate(made.partners):
        assert made.partners[partner] == record
        assert all(columns[name][record] == columns[name][partner] for name in parameters["agree"])
        if partner != record:
            assert any(columns[name][record] != columns[name][partner] for name in parameters["swap"])
    assert made.left_at_risk <= made.at_risk.sum()
    alone = [record for record, partner in enumerate(made.partners) if record == partner]
    for record in alone:
        fits = [
            other
            for other in alone
            if all(columns[name][record] == columns[name][other] for name in parameters["agree"])
            and any(columns[name][record] != columns[name][other] for name in parameters["swap"])
        ]
        assert not (made.at_risk[record] and fits)


def expected_margins_unchanged(method: Method, data: st.DataObject) -> None:
    """The matrix's rows are chances, and it leaves the counts as they are in expectation."""
    values = np.array(data.draw(st.lists(words, min_size=1, max_size=30)))
    made = apply(method, values, {"keep": data.draw(st.floats(0.1, 0.9))}, seed=1)
    counts = np.array([(values == label).sum() for label in made.labels])
    assert counts @ made.matrix == pytest.approx(counts)
    assert made.matrix.sum(axis=1) == pytest.approx(1.0)
    assert (made.matrix >= 0).all()
    assert made.kept == made.matrix.diagonal().min()


def values_stay_in_the_list(method: Method, data: st.DataObject) -> None:
    """Only values that occur are shown, one for each record."""
    values = np.array(data.draw(st.lists(words, min_size=1, max_size=30)))
    made = apply(method, values, {"keep": 0.5}, seed=data.draw(st.integers(0, 99)))
    assert set(made.values) <= set(values)
    assert len(made.values) == len(values)


@st.composite
def spreads(draw: st.DrawFn) -> dict[str, np.ndarray[Any, Any]]:
    width = draw(st.integers(1, 3))
    luck = np.random.default_rng(draw(st.integers(0, 999)))
    mixed = luck.normal(size=(draw(st.integers(12, 60)), width)) @ luck.normal(size=(width, width)) * 10 + 100
    return {str(at): mixed[:, at] for at in range(width)}


def means_unchanged(method: Method, data: st.DataObject) -> None:
    """Every mean is what it was."""
    columns = data.draw(spreads())
    made = apply(method, columns, {"share": 0.3, "correlated": data.draw(st.booleans())}, seed=2)
    for name, column in columns.items():
        assert made.columns[name].mean() == pytest.approx(column.mean(), rel=1e-9)


def covariances_as_stated(method: Method, data: st.DataObject) -> None:
    """Every covariance is what it was plus the noise's; with correlated noise that is a share of its own."""
    columns, correlated, share = data.draw(spreads()), data.draw(st.booleans()), data.draw(st.floats(0.01, 1.0))
    made = apply(method, columns, {"share": share, "correlated": correlated}, seed=3)
    before, after = (
        np.cov(np.column_stack(list(table.values())), rowvar=False, bias=True).reshape(len(columns), -1)
        for table in (columns, made.columns)
    )
    own = share * (before if correlated else np.diag(np.diag(before)))
    assert made.covariance == pytest.approx(own)
    assert after == pytest.approx(before + own, rel=1e-6, abs=1e-6)


def same_seed_same_values(method: Method, data: st.DataObject) -> None:
    """The same columns and seed give the same result."""
    columns: Any
    parameters: dict[str, Any]
    if method.name == "pram":
        columns, parameters = np.array(data.draw(st.lists(words, min_size=1, max_size=9))), {"keep": 0.5}
    elif method.name == "noise":
        columns, parameters = data.draw(spreads()), {"share": 0.2}
    else:
        columns, parameters = data.draw(files())
    one, other = (apply(method, columns, parameters, seed=5) for _ in range(2))
    if method.name == "pram":
        assert one.values.tolist() == other.values.tolist()
    else:
        assert all((one.columns[name] == other.columns[name]).all() for name in columns)


@st.composite
def synthetic(draw: st.DrawFn, method: Method) -> tuple[CodedTable, dict[str, Any], synthetic_records.Synthetic]:
    table = draw(coded_tables())
    parameters = {
        "epsilon": draw(st.sampled_from([0.1, 1.0, 20.0])),
        "ways": draw(st.integers(1, 4)),
        "rows": draw(st.none() | st.integers(1, 40)),
    }
    return table, parameters, apply(method, table, parameters, seed=draw(st.integers(0, 9)), name="stops")


def records_as_asked_and_marked(method: Method, data: st.DataObject) -> None:
    """As many records as asked for, of declared values, sorted; name and first column say that they are synthetic."""
    table, parameters, made = data.draw(synthetic(method))
    assert made.table.variables == ("synthetic", *table.variables)
    assert made.name == "synthetic_stops"
    assert made.table.records == (parameters["rows"] or made.table.records) >= 1
    assert made.table.hierarchies[0].labels[0] == ("synthetic",)
    for tree, own, column in zip(made.table.hierarchies[1:], table.hierarchies, made.table.columns[1:], strict=True):
        assert tree.labels[0] == own.labels[0]
        assert 0 <= column.min() <= column.max() < own.leaves
    rows = list(zip(*(column.tolist() for column in made.table.columns), strict=True))
    assert rows == sorted(rows)


def measurements_give_the_same_file(method: Method, data: st.DataObject) -> None:
    """From what is kept of the measurement, the same rows and seed give the same records."""
    table, seed = data.draw(coded_tables()), data.draw(st.integers(0, 9))
    made = apply(method, table, {"epsilon": 2.0, "rows": 12}, seed=seed)
    again = synthetic_records.draw(measuring.read_measurement(made.measured.as_dict()), rows=12, seed=seed)
    assert again.steps == made.steps
    assert all((a == b).all() for a, b in zip(again.table.columns, made.table.columns, strict=True))


def counts_agree_and_are_not_below_zero(method: Method, data: st.DataObject) -> None:
    """Every table has the total, and counts each variable as the others do."""
    made = data.draw(synthetic(method))[2]
    agreed = consistency.make_consistent(made.measured)
    for table, item in zip(agreed.tables, made.measured.marginals, strict=True):
        assert (table >= 0).all()
        assert table.sum() == pytest.approx(agreed.total)
        for name in item.variables:
            assert consistency.sum_to(table, item.variables, (name,)) == pytest.approx(
                agreed.single[name], abs=1e-9 * agreed.total
            )


def keeps_its_budget(method: Method, data: st.DataObject) -> None:
    """What is spent is what was asked; releases add up, in any order, and one more than the budget holds is refused."""
    _, parameters, made = data.draw(synthetic(method))
    assert made.measured.spent == Spending(parameters["epsilon"])
    several = [Spending(number / 8) for number in data.draw(st.lists(st.integers(1, 40), max_size=8))]
    total = private_counts.add_up(several)
    assert total == private_counts.add_up(reversed(several)) == Spending(sum(one.epsilon for one in several))
    budget = Spending(total.epsilon + made.measured.spent.epsilon)
    assert private_counts.need_budget(several, asked=made.measured.spent, budget=budget).epsilon <= budget.epsilon
    with pytest.raises(errors.ProtectionRefused):
        private_counts.need_budget([*several, Spending(0.125)], asked=made.measured.spent, budget=budget)


LAWS: dict[str, Law] = {
    law.__name__: law
    for law in (
        every_class_has_k, values_kept_or_an_ancestor, nothing_is_lost, order_tells_nothing, nothing_beyond_the_bounds,
        within_the_bounds_nothing_changes, means_kept_where_asked, groups_hold_k, group_means_are_shown,
        one_variable_is_grouped_best, margins_unchanged, only_partners_swap, expected_margins_unchanged,
        values_stay_in_the_list, means_unchanged, covariances_as_stated, same_seed_same_values,
        records_as_asked_and_marked, measurements_give_the_same_file, counts_agree_and_are_not_below_zero, keeps_its_budget,
    )
}  # fmt: skip
CLAIMS = [(name, law) for name, method in METHODS.items() for law in method.laws]


@pytest.mark.parametrize(("name", "law"), CLAIMS)
@given(data=st.data())
def test_a_method_keeps_the_law_it_claims(name: str, law: str, data: st.DataObject) -> None:
    LAWS[law](METHODS[name], data)
