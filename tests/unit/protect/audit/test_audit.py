"""What a reader works out of published tables, alone and together: named cells, derivations, witnesses."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from openjustice.contracts.attacker import Attacker
from openjustice.ground import errors
from openjustice.protect import cubes
from openjustice.protect.audit import audit, certificate, files, findings, intervals, published, relations, table, words
from openjustice.protect.audit.certificate import Certificate, Origin
from openjustice.protect.audit.derivation import Derivation
from openjustice.protect.audit.findings import Kind, TablesAudit
from openjustice.protect.cubes import Dimension
from unit.protect.audit.worlds import AREA, SEX, publish, random_cube, years

WEAK = Attacker(zeros_public=False, minimum_width=1, never_inside=None)
SQUARE = [("a", "f"), ("a", "m"), ("c", "f"), ("c", "m"), ("R1", "f"), ("R1", "m"), ("R2", "f"), ("R2", "m")]


def test_one_hidden_cell_follows_from_its_total_and_its_sisters():
    found = audit.audit_tables([publish(random_cube(AREA, SEX), [("a", "f")])], attacker=WEAK)
    assert [item.kind for item in found.findings] == [Kind.EXACT]
    assert found.findings[0].codes == {"area": "a", "sex": "f"}
    assert found.findings[0].derivation == "[area a, sex f] follows from [area R1, sex f] minus [area b, sex f]"
    assert not found.is_safe
    assert found.says() == "Of 1 hidden counts in t: 1 exactly known."
    with pytest.raises(errors.ProtectionRefused) as refused:
        found.refuse_if_unsafe()
    assert "area a, sex f can be worked out exactly. [area a, sex f] follows from" in str(refused.value)


def test_four_cells_of_a_square_protect_each_other():
    tables = [publish(random_cube(AREA, SEX), SQUARE)]
    found = audit.audit_tables(tables, attacker=WEAK)
    assert found.is_safe
    assert found.says() == "No hidden count of t can be worked out more closely than allowed."
    assert found.certificate is not None
    assert found.certificate.origin is Origin.PUBLISHED
    assert certificate.find_certificate_faults(found.certificate, published.join_published(tables)) == []
    found.refuse_if_unsafe()


def test_a_later_release_gives_away_what_an_earlier_one_hid():
    later, first = random_cube(SEX, years(3)), random_cube(SEX, years(2))
    first = cubes.make_true_cube(later, first.dimensions)
    hidden = [("f", "Y3"), ("m", "Y3"), ("f", "Y2"), ("m", "Y2")]
    alone = audit.audit_tables([publish(later, hidden)], attacker=WEAK)
    assert alone.is_safe
    both = audit.audit_tables([publish(later, hidden, name="second"), publish(first, [], name="first")], attacker=WEAK)
    told = {tuple(item.codes.values()): item for item in both.findings}
    assert set(told) == {("f", "Y3"), ("m", "Y3")}
    assert (
        told["f", "Y3"].derivation == "[sex f, year Y3] in second follows from [sex f] in second minus [sex f] in first"
    )
    assert all(item.is_leak for item in both.findings)


def test_what_the_earlier_tables_gave_away_already_counts_not_against_the_new_one():
    later = random_cube(SEX, years(3))
    first = cubes.make_true_cube(later, (SEX, years(2)))
    both = audit.audit_tables(
        [
            publish(later, [("f", "Y1"), ("m", "Y1"), ("f", "Y2"), ("m", "Y2")]),
            publish(first, [("f", "Y1")], name="first"),
        ],
        attacker=WEAK,
    )
    known = {tuple(item.codes.values()): item.known_before for item in both.findings}
    assert known == {("f", "Y1"): True}
    assert both.is_safe


def test_overlapping_geographies_are_set_against_each_other():
    west = Dimension("area", ("Total", "North", "a", "b", "c", "South", "d"), (-1, 0, 1, 1, 1, 0, 5))
    east = Dimension("area", ("Total", "R1", "R2"), (-1, 0, 0))
    one = random_cube(west, seed=3)
    counts = {code: int(count) for code, count in zip(west.codes, one.counts.tolist(), strict=True)}
    groups = Dimension("area", ("Total", "pair", "a", "b", "rest", "c", "d"), (-1, 0, 1, 1, 0, 4, 4))
    other = cubes.make_cube("u", (groups,), np.array([counts["a"], counts["b"], counts["c"], counts["d"]]))
    hidden = publish(one, [("a",), ("b",), ("c",)])
    assert audit.audit_tables([hidden], attacker=WEAK).is_safe
    beside = publish(other, [("a",), ("b",), ("c",), ("d",), ("rest",)], name="u")
    told = audit.audit_tables([hidden, beside], attacker=WEAK)
    assert ("c",) in {tuple(item.codes.values()) for item in told.leaks}
    assert {tuple(item.codes.values()) for item in told.leaks} >= {("c",)}
    assert east.members[0] == frozenset({"R1", "R2"})


def test_zeros_that_everybody_sees_narrow_what_is_hidden():
    flat = Dimension("kind", ("Total", "p", "q"), (-1, 0, 0))
    cube = cubes.make_cube("t", (flat,), np.array([1, 2]))
    tables = [publish(cube, [("p",), ("q",)])]
    assert audit.audit_tables(tables, attacker=WEAK).is_safe
    strong = audit.audit_tables(tables, attacker=Attacker(minimum_width=3))
    assert {item.kind for item in strong.findings} == {Kind.NARROW}
    assert strong.says() == "Of 2 hidden counts in t: 2 known too closely."


def test_a_count_that_is_no_small_one_was_hidden_in_vain():
    flat = Dimension("kind", ("Total", "p", "q"), (-1, 0, 0))
    cube = cubes.make_cube("t", (flat,), np.array([50, 2]))
    for truth in (False, True):
        found = audit.audit_tables([publish(cube, [("p",)], truth=truth)], attacker=WEAK, minimum_frequency=5)
        assert [item.small for item in found.findings] == [False]
        assert found.is_safe


def test_the_person_of_a_count_of_one_takes_himself_away():
    flat = Dimension("kind", ("Total", "p", "q", "r"), (-1, 0, 0, 0))
    cube = cubes.make_cube("t", (flat,), np.array([1, 4, 90]))
    attacker = WEAK.model_copy(update={"contributor_subtracts": True})
    found = audit.audit_tables([publish(cube, [("p",), ("q",)], truth=True)], attacker=attacker, minimum_frequency=5)
    assert [(item.kind, item.codes["kind"]) for item in found.findings] == [(Kind.CONTRIBUTOR, "q")]
    assert "changes only together with [kind p]" in found.findings[0].derivation
    pair = cubes.make_cube("t", (flat,), np.array([1, 1, 90]))
    both = audit.audit_tables([publish(pair, [("p",), ("q",)], truth=True)], attacker=attacker, minimum_frequency=5)
    assert {item.codes["kind"] for item in both.findings} == {"p", "q"}
    with pytest.raises(errors.ProtectionRefused) as refused:
        audit.audit_tables([publish(cube, [("p",), ("q",)])], attacker=attacker)
    assert refused.value.codes == ("marks_need_true_counts",)


def test_marks_that_tell_small_counts_from_helpers_tell_much():
    flat = Dimension("kind", ("Total", "p", "q", "r"), (-1, 0, 0, 0))
    cube = cubes.make_cube("t", (flat,), np.array([1, 11, 90]))
    tables = [publish(cube, [("p",), ("q",)], truth=True)]
    one_mark = Attacker(minimum_width=3)
    assert audit.audit_tables(tables, attacker=one_mark, minimum_frequency=11).is_safe
    two_marks = Attacker(minimum_width=3, marks_distinguish=True, small_up_to=10)
    found = audit.audit_tables(tables, attacker=two_marks, minimum_frequency=11)
    assert [item.kind for item in found.findings] == [Kind.NARROW]


@pytest.mark.parametrize("faulty", [{"marks_distinguish": True}, {"never_inside": [3, 1]}, {"minimum_width": 0}])
def test_an_attacker_who_makes_no_sense_is_refused(tmp_path: Path, faulty: dict[str, object]):
    path = tmp_path / "attacker.json"
    path.write_text(json.dumps(faulty))
    with pytest.raises(errors.RegistryRefused):
        files.read_attacker(path)
    path.write_text("{minimum_width: 4}")
    assert files.read_attacker(path).minimum_width == 4
    assert files.read_attacker(None).hidden_at_least == 1


def certified(*, truth: bool = True) -> tuple[Certificate, published.PublishedCells]:
    tables = [publish(random_cube(AREA, SEX), SQUARE, truth=truth)]
    found = audit.audit_tables(tables, attacker=WEAK, minimum_frequency=40)
    assert found.certificate is not None
    return found.certificate, published.join_published(tables)


@pytest.mark.parametrize("truth", [True, False])
def test_a_certificate_comes_back_from_its_bytes(truth: bool):
    made, system = certified(truth=truth)
    assert made.origin is (Origin.CONFIDENTIAL if truth else Origin.PUBLISHED)
    read = Certificate.from_bytes(made.to_bytes())
    assert read.to_bytes() == made.to_bytes()
    assert certificate.find_certificate_faults(read, system) == []


def changed(made: Certificate, **changes: object) -> Certificate:
    return Certificate(**{**vars(made), **changes})


TAMPERED: dict[str, Callable[[Certificate], Certificate]] = {
    "certificate_of_other_tables": lambda made: changed(made, digest="0" * 64),
    "certificate_shape": lambda made: changed(made, first=made.first[1:]),
    "witness_does_not_add_up": lambda made: changed(
        made, first=made.first + np.eye(1, len(made.first), dtype=np.int64)[0]
    ),
    "witness_out_of_bounds": lambda made: changed(made, first=made.first - 1_000),
    "claim_not_shown": lambda made: changed(made, changes=()),
}


@pytest.mark.parametrize("code", TAMPERED)
def test_a_certificate_that_was_tampered_with_is_found_out(code: str):
    made, system = certified()
    faults = certificate.find_certificate_faults(TAMPERED[code](made), system)
    assert code in {fault.code for fault in faults}


def test_claims_and_changes_outside_the_table_are_found_out():
    made, system = certified()
    for faulty in (
        changed(made, claims=np.array([-1])),
        changed(made, changes=((np.array([10_000]), np.array([1])),)),
        changed(made, changes=((np.array([0]), np.array([1, 2])),)),
    ):
        assert [item.code for item in certificate.find_certificate_faults(faulty, system)] == ["certificate_shape"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b'{"format": "x"}',
        b'{"format": "openjustice table certificate 1", "origin": "published"}',
        b"\xff",
    ],
)
def test_what_is_no_certificate_is_refused(content: bytes):
    with pytest.raises(errors.SubmissionRefused) as refused:
        Certificate.from_bytes(content)
    assert refused.value.codes == ("not_a_certificate",)


def test_numbers_that_are_none_are_refused():
    made, _ = certified()
    for old, new in (
        (b'"claims":[', b'"claims":[0.5,'),
        (b'"claims":[', b'"claims":[[1],'),
        (b'"first":[', b'"first":[1e99,'),
    ):
        with pytest.raises(errors.SubmissionRefused):
            Certificate.from_bytes(made.to_bytes().replace(old, new))


def test_a_part_that_is_too_large_leaves_the_intervals_undecided(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "_MOST", 2)
    found = audit.audit_tables([publish(random_cube(AREA, SEX), SQUARE)], attacker=WEAK)
    assert {item.kind for item in found.findings} == {Kind.UNDECIDED}
    assert found.certificate is None
    assert "not shown safe" in found.says()


def test_without_intervals_only_exact_disclosure_is_looked_for():
    found = audit.audit_tables([publish(random_cube(AREA, SEX), SQUARE)], attacker=Attacker(), intervals=False)
    assert found.is_safe
    assert found.as_dict()["audited"] == len(SQUARE)
    assert found.says() == "No hidden count of t can be worked out exactly. How closely was not looked at."


def test_an_interval_may_have_to_leave_two_counts():
    need = intervals.Need(1, never_inside=(1, 2))
    assert need.is_met(np.array([1, 1, 0]), np.array([2, 3, 1])).tolist() == [False, True, True]


def test_every_kind_of_finding_has_words():
    found = [findings.Finding(kind=kind, table="t", codes={"area": "a"}) for kind in Kind]
    whole = TablesAudit(("t",), 9, 4, 4, tuple(found))
    with pytest.raises(errors.ProtectionRefused) as refused:
        whole.refuse_if_unsafe()
    assert len(refused.value.faults) == len(Kind)
    assert len({fault.what for fault in refused.value.faults}) == len(Kind)
    assert len(whole.as_dict()["findings"]) == len(Kind)


def coarse(dimension: Dimension, *codes: str) -> Dimension:
    return relations.coarsen(dimension, dimension.restrict(codes))


def test_a_group_without_its_members_holds_them_all():
    assert coarse(AREA, "Total", "R1", "R2").members[1] == frozenset("ab")
    assert coarse(AREA, "Total", "R1", "a").members == (frozenset("a"), frozenset("a"), frozenset("a"))
    assert coarse(AREA, *AREA.codes) == AREA


def test_an_older_table_by_groups_is_set_against_a_newer_one_by_members():
    cube = random_cube(AREA, SEX)
    hidden = [(area, sex) for area in ("a", "b", "R1", "c", "d", "R2") for sex in ("f", "m")]
    assert audit.audit_tables([publish(cube, hidden)], attacker=WEAK, intervals=False).is_safe
    older = cubes.Cube("older", (coarse(AREA, "Total", "R1", "R2"), SEX), cube.counts[[0, 1, 4]])
    tables = [publish(cube, hidden), publish(older, [("R1", "m"), ("R2", "m")])]
    found = audit.audit_tables(tables, attacker=WEAK, intervals=False)
    assert {tuple(item.codes.values()) for item in found.findings} == {("R1", "m"), ("R2", "m")}


def test_overlapping_groups_alone_give_away_what_lies_between_them():
    west = Dimension("area", ("Total", "North", "a", "b", "c", "South", "d"), (-1, 0, 1, 1, 1, 0, 5))
    east = Dimension("area", ("Total", "pair", "a", "b", "rest", "c", "d"), (-1, 0, 1, 1, 0, 4, 4))
    inner = np.array([3, 4, 5, 60])
    one, other = cubes.make_cube("one", (west,), inner), cubes.make_cube("other", (east,), inner)
    newer = publish(one, [("a",), ("b",), ("c",)])
    assert audit.audit_tables([newer], attacker=WEAK, intervals=False).is_safe
    older = publish(cubes.Cube("other", (coarse(east, "Total", "pair", "rest"),), other.counts[[0, 1, 4]]), [])
    found = audit.audit_tables([newer, older], attacker=WEAK, intervals=False)
    (leak,) = found.leaks
    assert leak.codes == {"area": "c"}
    assert leak.derivation in {
        "[area c] in one follows from [area North] in one minus [area pair] in other",
        "[area c] in one follows from [area rest] in other minus [area South] in one",
    }


def test_words_for_sums_with_many_terms_and_with_factors():
    flat = Dimension("kind", ("Total", *(f"k{place:02d}" for place in range(14))), (-1, *[0] * 14))
    cube = random_cube(flat)
    system = published.join_published([publish(cube, [("k00",)])])
    derivation = Derivation(int(system.places[0][1]), {int(cell): Fraction(-1) for cell in system.places[0][2:]})
    said = words.explain(system, derivation)
    assert said.startswith("[kind k00] follows from zero minus ")
    assert said.endswith(" minus 5 more")
    first, second = (int(cell) for cell in system.places[0][2:4])
    halves = Derivation(first, {second: Fraction(1, 2), first: Fraction(3)})
    assert words.explain(system, halves).endswith("follows from half of [kind k01] plus 3 times [kind k01]") or (
        "half of [kind k02]" in words.explain(system, halves)
    )
