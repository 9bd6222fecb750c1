"""Global recoding: labels, gaps of code lists, codes that nobody declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from openjustice.contracts.dataset import Codelist
from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from openjustice.protect.methods.global_recoding import METHOD
from openjustice.protect.methods.global_recoding.method import band_labels


@pytest.fixture
def opened() -> Iterator[engine.Engine]:
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as memory:
        yield memory


def places(**attributes: dict[str, Any]) -> Codelist:
    codes = [{"code": code, "label": code, "attributes": given} for code, given in attributes.items()]
    return Codelist.model_validate({"codelist": "places", "version": "1", "title": "Places", "codes": codes})


def recode(records: engine.Table, rule: dict[str, Any], codelist: Codelist | None = None, **more: Any) -> engine.Table:
    rule = {"role": "quasi_identifier", "says": "A rule.", **rule}
    parameters = METHOD.read_parameters({"variables": {"made": rule}})
    made: engine.Table = METHOD.apply(
        records, parameters=parameters, codelists={rule["of"]: codelist} if codelist else {}, **more
    )
    return made


def column(opened: engine.Engine, kind: str, *values: Any) -> engine.Table:
    return opened.make_table(
        "records", columns={"field": kind, "other": "BIGINT"}, rows=[(v, 7) for v in values], plane=Plane.CONFIDENTIAL
    )


@pytest.mark.parametrize(
    ("cuts", "labels"),
    [
        ([0, 20, 70], ["0-19", "20-69", "70+"]),
        ([0, 5, 10], ["00-04", "05-09", "10+"]),
        ([18, 90, 100], ["018-089", "090-099", "100+"]),
        ([2005, 2006, 2008], ["2005", "2006-2007", "2008+"]),
        ([65], ["65+"]),
    ],
)
def test_bands_have_names_that_sort_as_they_do(cuts: list[int], labels: list[str]):
    assert band_labels(cuts) == labels
    assert sorted(labels) == labels


def test_a_shorter_date(opened: engine.Engine):
    records = column(opened, "DATE", "2014-12-31", None)
    assert recode(records, {"of": "field", "method": "truncate", "to": "year"}).rows() == [
        {"made": "2014"},
        {"made": None},
    ]
    assert recode(records, {"of": "field", "method": "truncate", "to": "month"}).rows()[0] == {"made": "2014-12"}
    assert recode(records, {"of": "field", "method": "truncate", "to": "quarter"}).rows()[0] == {"made": "2014-Q4"}


def test_only_the_made_variables_and_the_named_fields_come_out(opened: engine.Engine):
    records = column(opened, "BIGINT", 3)
    assert recode(records, {"of": "field", "method": "keep"}).column_names == ("made",)
    assert recode(records, {"of": "field", "method": "keep"}, also=["other"]).rows() == [{"made": "3", "other": 7}]


def test_the_result_stays_confidential(opened: engine.Engine):
    assert recode(column(opened, "BIGINT", 3), {"of": "field", "method": "keep"}).plane is Plane.CONFIDENTIAL


def test_a_small_place_without_a_group_keeps_its_name(opened: engine.Engine):
    known = places(A={"size": 5, "rest": "Rest"}, B={"size": 5}, C={"size": 50, "rest": "Rest"}, D={})
    rule = {"of": "field", "method": "merge_small", "attribute": "size", "minimum": 10, "into": "rest"}
    made = recode(column(opened, "VARCHAR", "A", "B", "C", "D", None), rule, known)
    assert [row["made"] for row in made.rows()] == ["B", "C", "D", "Rest", None]


def test_a_group_with_a_gap_is_refused_before_any_record_is_read(opened: engine.Engine):
    with pytest.raises(errors.RegistryRefused) as refused:
        recode(
            column(opened, "VARCHAR", "A"),
            {"of": "field", "method": "group", "attribute": "kind"},
            places(A={"kind": "x"}, B={}),
        )
    assert refused.value.codes == ("group_incomplete",)


def test_a_code_outside_the_list_is_refused_and_not_repeated(opened: engine.Engine):
    with pytest.raises(errors.ProtectionRefused) as refused:
        recode(
            column(opened, "VARCHAR", "A", "Zzyzx"),
            {"of": "field", "method": "group", "attribute": "kind"},
            places(A={"kind": "x"}),
        )
    assert refused.value.codes == ("unknown_code",)
    assert "Zzyzx" not in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ({"of": "nothing", "method": "keep"}, "unknown_field"),
        ({"of": "field", "method": "bands"}, "wrong_value"),
        ({"of": "field", "method": "truncate", "to": "year"}, "wrong_value"),
        ({"of": "field", "method": "group", "attribute": "kind"}, "unknown_code_list"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(opened: engine.Engine, rule: dict[str, Any], code: str):
    with pytest.raises(errors.RegistryRefused) as refused:
        recode(column(opened, "BIGINT", 1), rule)
    assert refused.value.codes == (code,)


def test_parameters_are_checked():
    with pytest.raises(errors.RegistryRefused) as refused:
        METHOD.read_parameters({"variables": {}, "more": 1})
    assert set(refused.value.codes) == {"wrong_value", "unknown_key"}
