"""A header is matched to a layout where only one column can be meant; what no layout knows is named by its place alone."""

from __future__ import annotations

from openjustice.confidential.collect.ingest import layout
from unit.confidential.collect import small

FIELDS: dict[str, dict[str, object]] = {
    "case_number": {"type": "string"},
    "sex": {"type": "string"},
    "note": {"type": "string", "required": False},
}
MAPPINGS = {"system": {"columns": {"CASE NO": "case_number", "SEX": "sex"}, "ignore": ["CLERK"]}}
OF = small.dataset(FIELDS, mappings=MAPPINGS)


def match(*cells, **only):
    return layout.match_header(cells, layouts=layout.layouts_of(OF, **only), share=0.5, line=1)


def rules(found):
    return [(item.rule, item.field) for item in found.faults]


def test_the_contracts_own_names_are_a_layout():
    found = match("case_number", "sex", "note")
    assert found.layout.name == "contract"
    assert found.places == {"case_number": 0, "sex": 1, "note": 2}
    assert not found.faults


def test_a_field_that_is_not_required_may_have_no_column():
    assert not match("sex", "case_number").faults


def test_a_mapping_is_found_by_its_columns_in_any_order_and_spelling():
    found = match("Sex", "case_no", "CLERK")
    assert found.layout.name == "system"
    assert found.places == {"CASE NO": 1, "SEX": 0}
    assert not found.faults
    assert found.column_of("sex") == "SEX"


def test_missing_unknown_and_double_columns_are_told_by_name_or_place():
    assert rules(match("case_number", "other")) == [("missing_column", "sex"), ("unknown_column", "column 2")]
    assert rules(match("case_number", "sex", "sex")) == [("duplicate_column", "column 3")]
    assert "other" not in str(match("case_number", "other").faults)


def test_a_line_that_fits_no_layout_is_no_header():
    assert match("1", "Jane", "x") is None
    assert match() is None


def test_a_layout_may_be_asked_for_by_name():
    assert match("case_number", "sex", only="system").layout.name == "system"
    assert match("note", "other", only="system") is None
    assert [item.name for item in layout.layouts_of(OF, only="contract")] == ["contract"]


def test_spelling_is_not_forgiven_where_two_columns_could_be_meant():
    of = small.dataset({"a_b": {"type": "string"}, "A B": {"type": "string"}})
    found = layout.match_header(["a_b", "a-b"], layouts=layout.layouts_of(of), share=0.5, line=1)
    assert rules(found) == [("missing_column", "A B"), ("unknown_column", "column 2")]
