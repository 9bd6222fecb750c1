"""The laws of methods that protect records: written once here, and every method that claims one is put through it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjustice.contracts.dataset import Codelist
from openjustice.ground import discovery, engine
from openjustice.ground.terms import Plane
from openjustice.protect import methods, risk
from openjustice.protect.attacks.matching import ATTACK as MATCHING
from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.local_suppression import compatible, search
from openjustice.protect.risk import Need

METHODS: dict[str, Method] = {
    name: method
    for name, method in discovery.load_plugins(methods, attribute="METHOD").items()
    if method.works_on is WorksOn.RECORDS
}
Row = tuple[str | None, ...]
VARIABLES = ("place", "age", "sex", "cause")


KEYS: list[tuple[tuple[str, ...], ...]] = [
    (VARIABLES,),
    (VARIABLES[:3],),
    (VARIABLES[:3], VARIABLES),
    (VARIABLES[:2], VARIABLES[1:]),
]


@dataclass(frozen=True)
class Case:
    """Records and what is asked of them: k for each key, and so many causes in a class of the first, if it lacks the cause."""

    rows: tuple[Row, ...]
    keys: tuple[tuple[str, ...], ...]
    k: int
    least: int
    importance: tuple[tuple[str, float], ...]

    @property
    def needs(self) -> list[Need]:
        asked = {} if "cause" in self.keys[0] else {"cause": self.least}
        return [Need(scenario=str(at), key=key, k=self.k, l={} if at else asked) for at, key in enumerate(self.keys)]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    codes: list[st.SearchStrategy[str | None]] = [
        st.sampled_from([None, "A", "B", "C"][:width]) for width in (4, 4, 3, 4)
    ]
    k = draw(st.integers(1, 4))
    rows = draw(st.lists(st.tuples(*codes), min_size=max(4, k), max_size=24))
    rows += [(None, None, None, "A"), (None, None, None, "B")]  # so that two causes are possible
    prices = draw(st.fixed_dictionaries({name: st.sampled_from([1.0, 2.0, 5.0]) for name in VARIABLES}))
    return Case(
        rows=tuple(rows),
        keys=draw(st.sampled_from(KEYS)),
        k=k,
        least=draw(st.integers(1, 2)),
        importance=tuple(prices.items()),
    )


@cache
def protect(name: str, case: Case, *, seed: int = 1) -> tuple[list[Row], str]:
    """Run a method that blanks and return its rows in the order in which they stand, and their digest."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        method, columns = METHODS[name], dict.fromkeys(VARIABLES, "VARCHAR")
        records = opened.make_table("records", columns=columns, rows=case.rows, plane=Plane.CONFIDENTIAL)
        made = method.apply(
            records,
            parameters=method.read_parameters({}),
            variables=VARIABLES,
            needs=case.needs,
            importance=dict(case.importance),
            seed=seed,
        ).table
        found = opened.ask(f"SELECT * FROM {engine.quote(made.relation)}")
        return [tuple(row) for row in found], made.digest()


def part(row: Row, names: Sequence[str]) -> Row:
    return tuple(row[VARIABLES.index(name)] for name in names)


def may_be(one: Row, other: Row) -> bool:
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def k_holds(method: Method, case: Case) -> None:
    """Every key occurs k times, whether a blank is read as a value or as anything."""
    rows, _ = protect(method.name, case)
    for need in case.needs:
        keys = [part(row, need.key) for row in rows]
        assert min(Counter(keys).values()) >= need.k
        assert min(sum(may_be(key, other) for other in keys) for key in keys) >= need.k


def l_holds(method: Method, case: Case) -> None:
    """No class shows fewer values than asked, blanks together counting as one; a class that shows none tells nothing."""
    rows, _ = protect(method.name, case)
    for need in case.needs:
        for name, least in need.l.items():
            shown: dict[Row, set[str | None]] = {}
            for row in rows:
                shown.setdefault(part(row, need.key), set()).add(row[VARIABLES.index(name)])
            assert all(len(values) >= least or values == {None} for values in shown.values())


def only_blanks_are_made(method: Method, case: Case) -> None:
    """Each record of the file is one record of before with some values blanked, each used once."""
    after, _ = protect(method.name, case)
    fits = [
        [
            place
            for place, old in enumerate(case.rows)
            if all(b is None or b == a for a, b in zip(old, new, strict=True))
        ]
        for new in after
    ]
    assert _can_pair(fits)


def records_are_kept(method: Method, case: Case) -> None:
    """No record is lost or added."""
    assert len(protect(method.name, case)[0]) == len(case.rows)


def same_input_same_output(method: Method, case: Case) -> None:
    """The same records and seed give the same file, in whatever order the records came."""
    turned = replace(case, rows=case.rows[::-1])
    if method.name == "global_recoding":
        assert _recoded(method, case) == _recoded(method, turned)
    else:
        assert protect(method.name, case)[1] == protect(method.name, turned)[1]


def sorted_output(method: Method, case: Case) -> None:
    """The records stand in the order of their values, so that their order says nothing."""
    rows, _ = protect(method.name, case)
    assert rows == sorted(rows, key=lambda row: [(value is None, value or "") for value in row])


def same_value_same_code(method: Method, case: Case) -> None:
    """Two records with the same value of a field have the same code."""
    pairs = {(row["place"], row["made"]) for row in _recoded(method, case)}
    assert len({value for value, _ in pairs}) == len(pairs)


def blank_stays_blank(method: Method, case: Case) -> None:
    """An unknown value has no code, and a known one has."""
    assert all((row["place"] is None) == (row["made"] is None) for row in _recoded(method, case))


LAWS: dict[str, Callable[[Method, Case], None]] = {
    law.__name__: law
    for law in (
        k_holds,
        l_holds,
        only_blanks_are_made,
        records_are_kept,
        same_input_same_output,
        sorted_output,
        same_value_same_code,
        blank_stays_blank,
    )
}
CLAIMS = [(name, law) for name, method in sorted(METHODS.items()) for law in method.laws]


@pytest.mark.parametrize(("name", "law"), CLAIMS)
@given(case=cases())
def test_a_method_keeps_the_law_it_claims(name: str, law: str, case: Case) -> None:
    LAWS[law](METHODS[name], case)


@given(case=cases())
def test_the_attack_computes_what_the_measure_computes(case: Case) -> None:
    """Two ways to the same rates: joins on the engine, and arrays."""
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        columns = dict.fromkeys(VARIABLES, "VARCHAR")
        records = opened.make_table("records", columns=columns, rows=case.rows, plane=Plane.CONFIDENTIAL)
        key = case.needs[0].key
        measured = risk.measure_risk(risk.read_combinations(records, variables=VARIABLES), key=key)
        attacked = MATCHING.run(
            records,
            known=records,
            key=key,
            sensitive=(),
            maximum_rate=1.0,
            parameters=MATCHING.read_parameters({}),
            against="itself",
        ).figures
    assert attacked["bold_rate"] == pytest.approx(measured.expected_rate, abs=1e-6)
    assert attacked["correctly_matched_share"] == pytest.approx(measured.compatible_rate, abs=1e-6)
    assert attacked["fewest_possible_records"] == measured.smallest_compatible_class


@given(case=cases(), seed=st.integers(0, 3))
def test_where_a_blank_matches_anything_k_records_may_be_like_each_and_no_blank_is_idle(case: Case, seed: int) -> None:
    """Blanks may stand for anything in both records; no value could be shown again alone."""
    table = np.array([[0 if value is None else ord(value) for value in row] for row in case.rows])
    prices = np.array([price for _, price in case.importance])
    k = min(case.k, len(table))
    made = compatible.blank_to_match(table, k=k, prices=prices, seed=seed)
    assert ((made == table) | (made == 0)).all()
    assert _matches(made).min() >= k
    assert _matches(made).tolist() == compatible.matching_sizes(made).tolist()
    for row, variable in np.argwhere(made != table):
        shown = made.copy()
        shown[row, variable] = table[row, variable]
        assert _matches(shown).min() < k


def _matches(codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    one, other = codes[:, None, :], codes[None, :, :]
    counted: np.ndarray[Any, Any] = ((one == other) | (one == 0) | (other == 0)).all(axis=2).sum(axis=1)
    return counted


@given(codes=st.lists(st.tuples(*[st.integers(1, 2)] * 3), min_size=3, max_size=5), k=st.integers(2, 3))
def test_the_price_lies_between_the_bound_and_twice_the_best_of_all_choices(
    codes: list[tuple[int, ...]], k: int
) -> None:
    """On small files every choice of blanks can be tried; the search is never worse than twice the best."""
    given_codes, prices = np.array(codes), np.ones(3)
    made = search.blank_to_k(given_codes, k=k, prices=prices, rounds=4, seed=1)
    price = int((made != given_codes).sum())
    best = _best_price(given_codes, k=k, limit=price)
    assert search.least_price(given_codes, k=k, prices=prices) <= best <= price <= 2 * best


def _best_price(codes: np.ndarray[Any, Any], *, k: int, limit: int) -> int:
    patterns = [np.array(pattern) for pattern in product([0, 1], repeat=codes.shape[1])]
    best = limit
    for choice in product(patterns, repeat=len(codes)):
        blanks = np.array(choice)
        if (price := int(blanks.sum())) < best:
            left = [tuple(row) for row in np.where(blanks, 0, codes).tolist()]
            best = price if min(Counter(left).values()) >= k else best
    return best


def _recoded(method: Method, case: Case) -> list[dict[str, Any]]:
    listed = [{"code": code, "label": code, "attributes": {"kind": "x" if code == "A" else "y"}} for code in "ABC"]
    codelist = Codelist.model_validate({"codelist": "places", "version": "1", "title": "Places", "codes": listed})
    rule = {"of": "place", "method": "group", "attribute": "kind", "role": "quasi_identifier", "says": "Kinds."}
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        columns = dict.fromkeys(VARIABLES, "VARCHAR")
        records = opened.make_table("records", columns=columns, rows=case.rows, plane=Plane.CONFIDENTIAL)
        made: engine.Table = method.apply(
            records,
            parameters=method.read_parameters({"variables": {"made": rule}}),
            codelists={"place": codelist},
            also=["place"],
        )
        return made.rows()


def _can_pair(fits: list[list[int]]) -> bool:
    """Tell whether every record can have one of its own (augmenting paths)."""
    taken: dict[int, int] = {}

    def place(record: int, tried: set[int]) -> bool:
        for option in fits[record]:
            if option not in tried:
                tried.add(option)
                if option not in taken or place(taken[option], tried):
                    taken[option] = record
                    return True
        return False

    return all(place(record, set()) for record in range(len(fits)))
