"""The registry: a folder is enough, a field without a role does not load, and all faults come at once with their line."""

import textwrap

import pytest

from openjustice.contracts import registry, related
from openjustice.ground import errors
from openjustice.ground.terms import Role

FILES = {
    "common/codelists/sex.yaml": """
        codelist: sex
        version: "1"
        title: Sex
        codes:
          - {code: F, label: Female}
          - {code: M, label: Male}
        """,
    "oz/jurisdiction.yaml": """
        jurisdiction: oz
        title: Oz
        says: An invented land.
        invented: true
        area_codelist: county
        area_noun: county
        area_noun_plural: counties
        base_address: https://example.org/oz/
        publisher: {name: Office, homepage: https://example.org, contact_name: Desk, contact_email: desk@example.org}
        license: {title: Public, url: https://example.org/license}
        """,
    "oz/codelists/county.yaml": """
        codelist: county
        version: "1"
        title: Counties
        codes:
          - {code: Emerald, label: Emerald, attributes: {population: 90000, region: East}}
          - {code: Poppy, label: Poppy, attributes: {population: 900, region: East}}
        """,
    "oz/agencies.csv": "code,label,county,valid_from\nA1,Watch,Emerald,\nA2,Guard,Poppy,2001-01-01\n",
    "oz/datasets/stops/contract.yaml": """
        dataset: stops
        version: "1"
        title: Stops
        says: Every stop.
        unit: one stop
        persons: true
        legal_basis: Act 1
        reporters: every agency
        period: {grain: year, due_days: 30}
        reporter_field: agency
        key: [stop_id]
        fields:
          stop_id: {type: string, role: direct_identifier, says: Number of the stop., pattern: "[0-9]+"}
          agency: {type: code, role: non_sensitive, says: Who stopped., codelist: agencies}
          county: {type: code, role: quasi_identifier, says: Where., codelist: county@1}
          sex: {type: code, role: quasi_identifier, says: Sex., codelist: sex}
          age: {type: integer, role: quasi_identifier, says: Age., range: [0, 120], required: false, missing: {Unk: x}}
          year: {type: integer, role: quasi_identifier, says: Year.}
          outcome: {type: string, role: sensitive, says: Outcome.}
        """,
    "oz/datasets/stops/checks.yaml": """
        dataset: stops
        checks:
          key_once: {kind: unique, severity: hard, says: Once., fix: Remove the copy., fields: [stop_id]}
          young: {kind: implies, severity: soft, says: S., fix: F., ask: Is it so?, with: {when: age < 12, then: sex = 'F'}}
        """,
    "oz/datasets/stops/policy.yaml": """
        policy: stops
        version: 1
        in_force_from: 2026-01-01
        signed: [{name: chief statistician, on: 2026-01-01}]
        says: How people in stops are protected.
        checkers: 2
        scenarios:
          press: {says: S., key: [age_band, place], knows: The target is in the data.}
        special_populations:
          juveniles: {says: S., where: age < 18, rule: tables_only, reason: R.}
        tiers:
          public:
            recode:
              age_band: {of: age, method: bands, cuts: [0, 20, 40], says: Age., role: quasi_identifier}
              place: {of: county, method: merge_small, attribute: population, into: region, minimum: 1000, says: P., role: quasi_identifier}
              outcome: {of: outcome, method: keep, says: O., role: sensitive}
            microdata:
              variables: [age_band, place, outcome]
              require: [{scenario: press, k: 5, l: {outcome: 2}}]
              maximum_reidentification_rate: 0.2
            tables: {method: cell_suppression, minimum_frequency: 5, audit: [interval]}
        """,
    "oz/datasets/stops/mappings/old.yaml": """
        mapping: old
        title: The old layout
        columns: {ID: stop_id, AGENCY: agency, COUNTY: county, SEX: sex, YEAR: year, OUTCOME: outcome}
        """,
    "oz/datasets/stops/notes.md": "# Stops\n\nWhat can be inferred.\n",
    "oz/indicators/stops/indicator.yaml": """
        indicator: stops
        title: Stops
        dataset: stops
        question: How many?
        says: Stops counted.
        unit: stops
        numerator: {dataset: stops, where: "outcome = 'A'", says: stops}
        interval: poisson
        breakdowns: {age: {variables: [age_band], title: By age}}
        headline: age
        can_infer: [x]
        cannot_infer: [y]
        """,
    "oz/indicators/stops/examples.yaml": """
        indicator: stops
        examples:
          - {title: T, says: S, given: {stops: [{age_band: "20-39"}]}, breakdown: age, expect: [{age_band: _T, numerator: 1}]}
        """,
}


@pytest.fixture
def oz(tmp_path):
    for place, text in FILES.items():
        path = tmp_path / "registry" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    return tmp_path / "registry"


def change(root, place, old, new):
    path = root / place
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def faults_of(root):
    with pytest.raises(errors.RegistryRefused) as refused:
        registry.load_registry([root])
    return refused.value.faults


def test_a_folder_is_enough(oz):
    loaded = registry.load_registry([oz])
    dataset = loaded.dataset("oz/stops")
    assert dataset is loaded.dataset("stops")
    assert dataset.address == "oz/stops"
    assert dataset.contract.fields_with(Role.DIRECT_IDENTIFIER) == ("stop_id",)
    assert dataset.mappings["old"].source_columns[0] == "ID"
    assert dataset.notes.startswith("# Stops")
    jurisdiction = loaded.jurisdiction("oz")
    assert jurisdiction.codelist("county@1").attribute("region") == {"Emerald": "East", "Poppy": "East"}
    assert jurisdiction.codelist("agencies").labels() == {"A1": "Watch", "A2": "Guard"}
    assert list(jurisdiction.indicators_of("stops")) == ["stops"]
    assert jurisdiction.map_path is None
    assert len(dataset.policy_digest) == 64


def test_a_later_folder_overrides_an_earlier_one(oz, tmp_path):
    extra = tmp_path / "home_registry"
    (extra / "common" / "codelists").mkdir(parents=True)
    text = (oz / "common/codelists/sex.yaml").read_text().replace("label: Male", "label: Man")
    (extra / "common" / "codelists" / "sex.yaml").write_text(text)
    loaded = registry.load_registry([oz, extra])
    assert loaded.jurisdiction("oz").codelist("sex").labels()["M"] == "Man"


def test_only_what_is_asked_for_is_loaded(oz):
    assert registry.load_registry([oz], only=[]).jurisdictions == {}


def test_a_field_without_a_role_does_not_load(oz):
    change(oz, "oz/datasets/stops/contract.yaml", "role: sensitive, says: Outcome.", "says: Outcome.")
    (fault,) = faults_of(oz)
    assert fault.code == "missing_key"
    assert (fault.place.file, fault.place.line) == ("registry/oz/datasets/stops/contract.yaml", 19)
    assert fault.place.field == "fields.outcome.role"
    assert "no default" in fault.way_out


def test_all_faults_of_all_files_come_at_once(oz):
    change(oz, "oz/datasets/stops/contract.yaml", "codelist: sex}", "codelist: gender}")
    change(oz, "oz/datasets/stops/contract.yaml", "codelist: county@1", "codelist: county@9")
    change(oz, "oz/datasets/stops/checks.yaml", "fields: [stop_id]", "fields: [stop]")
    change(oz, "oz/datasets/stops/checks.yaml", "when: age < 12", "when: agee < 12")
    change(oz, "oz/datasets/stops/policy.yaml", "key: [age_band, place]", "key: [age_bands, place]")
    change(oz, "oz/datasets/stops/policy.yaml", "into: region", "into: zone")
    change(oz, "oz/datasets/stops/mappings/old.yaml", "YEAR: year, ", "")
    change(oz, "oz/indicators/stops/indicator.yaml", "headline: age", "headline: ages")
    codes = sorted(fault.code for fault in faults_of(oz))
    assert codes == [
        "unfilled_field", "unknown_attribute", "unknown_breakdown", "unknown_code", "unknown_field", "unknown_field",
        "unknown_variable", "version_differs",
    ]  # fmt: skip
    assert all(fault.place.file and fault.place.line for fault in faults_of(oz))


@pytest.mark.parametrize(
    ("place", "old", "new", "code"),
    [
        ("oz/jurisdiction.yaml", "title: Oz", "title: Oz\ntitle: Oz", "repeated_key"),
        ("oz/jurisdiction.yaml", "title: Oz", "title: [Oz", "not_yaml"),
        ("oz/jurisdiction.yaml", "title: Oz", "name: Oz\ntitle: Oz", "unknown_key"),
        ("oz/datasets/stops/contract.yaml", "dataset: stops", "dataset: stopps", "name_differs"),
        ("oz/datasets/stops/contract.yaml", "key: [stop_id]", "key: [id]", "unknown_field"),
        (
            "oz/datasets/stops/contract.yaml",
            "reporter_field: agency",
            "reporter_field: agency\nobligations:\n  - {who: {kind: [Police]}, grain: year, since: 2001-01-01}",
            "unknown_attribute",
        ),
        (
            "oz/datasets/stops/contract.yaml",
            "reporter_field: agency",
            "reporter_field: agency\nobligations:\n  - {who: {county: [Ruby]}, grain: year, since: 2001-01-01}",
            "unknown_agency",
        ),
        (
            "oz/datasets/stops/contract.yaml",
            "reporter_field: agency",
            "reporter_field: agency\nobligations:\n  - {grain: year, since: 2001-01-01, due_on: 13-01}",
            "wrong_value",
        ),
        (
            "oz/datasets/stops/contract.yaml",
            "type: string, role: sensitive",
            "type: code, role: sensitive",
            "wrong_value",
        ),
        ("oz/datasets/stops/checks.yaml", "ask: Is it so?, ", "", "wrong_value"),
        ("oz/datasets/stops/checks.yaml", "when: age < 12", "when: 'age <'", "not_a_condition"),
        ("oz/datasets/stops/policy.yaml", "where: age < 18", "where: age in (select 1)", "not_a_condition"),
        ("oz/datasets/stops/policy.yaml", "checkers: 2", "checkers: 1", "wrong_value"),
        ("oz/datasets/stops/policy.yaml", "checkers: 2", "checkers: 2\nperson: nobody", "unknown_field"),
        ("oz/datasets/stops/policy.yaml", "checkers: 2", "checkers: 2\nperson: stop_id", "person_kept_apart"),
        (
            "oz/datasets/stops/policy.yaml",
            "rate: 0.2",
            "rate: 0.2\n      attacks: [matching, press]",
            "attack_without_scenario",
        ),
        (
            "oz/datasets/stops/policy.yaml",
            "knows: The target is in the data.}",
            "knows: K., wants: [harm]}",
            "unknown_variable",
        ),
        (
            "oz/datasets/stops/policy.yaml",
            "knows: The target is in the data.}",
            "knows: K., tolerance: {outcome: 1}}",
            "unknown_variable",
        ),
        ("oz/datasets/stops/policy.yaml", "cuts: [0, 20, 40]", "cuts: [20, 0]", "wrong_value"),
        ("oz/datasets/stops/policy.yaml", "scenario: press", "scenario: gossip", "unknown_scenario"),
        (
            "oz/datasets/stops/policy.yaml",
            "rate: 0.2",
            "rate: 0.2\n      groups: [ages]",
            "unknown_variable",
        ),
        (
            "oz/datasets/stops/policy.yaml",
            "rate: 0.2",
            "rate: 0.2\n      outcomes: [ages]",
            "unknown_variable",
        ),
        ("oz/datasets/stops/policy.yaml", "rate: 0.2", "rate: 0.2\n      cap: {place: 2}", "wrong_value"),
        (
            "oz/datasets/stops/policy.yaml",
            "variables: [age_band, place, outcome]",
            "variables: [place, outcome]\n      cap: {age_band: 0.1}",
            "cap_on_nothing",
        ),
        ("oz/datasets/stops/policy.yaml", "of: county", "of: country", "unknown_field"),
        ("oz/datasets/stops/mappings/old.yaml", "SEX: sex", "SEX: gender, S: sex", "unknown_field"),
        ("oz/indicators/stops/indicator.yaml", "variables: [age_band]", "variables: [age]", "unknown_variable"),
        (
            "oz/indicators/stops/indicator.yaml",
            "numerator: {dataset: stops",
            "numerator: {dataset: x",
            "unknown_dataset",
        ),
        ("oz/indicators/stops/indicator.yaml", "outcome = 'A'", "outcom = 'A'", "unknown_field"),
        ("oz/codelists/county.yaml", "code: Poppy", "code: Emerald", "wrong_value"),
        ("oz/codelists/county.yaml", "codelist: county", "codelist: countie", "name_differs"),
        ("oz/agencies.csv", "A2", "A1", "repeated_code"),
    ],
)
def test_each_fault_has_its_code(oz, place, old, new, code):
    change(oz, place, old, new)
    assert code in {fault.code for fault in faults_of(oz)}


@pytest.mark.parametrize("place", ["oz/datasets/stops/policy.yaml", "oz/datasets/stops/notes.md"])
def test_a_missing_file_is_a_fault(oz, place):
    (oz / place).unlink()
    assert "missing_file" in {fault.code for fault in faults_of(oz)}


def test_an_empty_file_says_what_it_lacks(oz):
    (oz / "oz/jurisdiction.yaml").write_text("")
    assert {fault.code for fault in faults_of(oz)} == {"missing_key"}


def test_an_unknown_name_is_refused_with_the_known_ones(oz):
    loaded = registry.load_registry([oz])
    with pytest.raises(errors.RegistryRefused, match="oz/stops") as refused:
        loaded.dataset("searches")
    assert refused.value.codes == ("unknown_dataset",)
    with pytest.raises(errors.RegistryRefused, match="oz"):
        loaded.jurisdiction("kansas")


def test_a_common_indicator_serves_only_where_its_dataset_is(oz):
    common = oz / "common" / "indicators" / "searches"
    common.mkdir(parents=True)
    for part in ("indicator", "examples"):
        text = (oz / f"oz/indicators/stops/{part}.yaml").read_text()
        (common / f"{part}.yaml").write_text(text.replace("dataset: stops\nquestion", "dataset: searches\nquestion"))
    assert list(registry.load_registry([oz]).jurisdiction("oz").indicators) == ["stops"]


def test_the_shipped_registry_is_in_order():
    assert registry.load_registry().jurisdictions


TABLES = """
tables:
  person:
    title: Persons
    says: Every person stopped.
    unit: one person
    key: [stop_id, number]
    belongs_to: {least: 1}
    fields:
      stop_id: {type: string, role: direct_identifier, says: The stop.}
      number: {type: integer, role: non_sensitive, says: Which of them.}
      race: {type: code, role: quasi_identifier, says: Race., codelist: sex, several: ";"}
  charge:
    title: Charges
    says: Every charge.
    unit: one charge
    key: [stop_id, number, place]
    belongs_to: {table: person, by: [stop_id, number]}
    fields:
      stop_id: {type: string, role: direct_identifier, says: The stop.}
      number: {type: integer, role: non_sensitive, says: Which of them.}
      place: {type: integer, role: non_sensitive, says: Which charge.}
"""


@pytest.fixture
def with_tables(oz):
    path = oz / "oz/datasets/stops/contract.yaml"
    path.write_text(path.read_text() + TABLES)
    return oz


def add_check(root, text):
    path = root / "oz/datasets/stops/checks.yaml"
    path.write_text(path.read_text() + f"  extra: {{severity: hard, says: S., fix: F., {text}}}\n")


def test_related_tables_are_taken_apart(with_tables):
    dataset = registry.load_registry([with_tables]).dataset("stops")
    contract = dataset.contract
    assert related.table_names(contract) == ("stops", "person", "charge")
    assert [item.table for item in related.ancestors(contract, "charge")] == ["person", "stops"]
    assert related.linking_fields(contract, "person") == ("stop_id",)
    assert contract.tables["person"].fields["race"].sql == "VARCHAR[]"
    flat = related.flat_dataset(dataset, "person")
    assert (flat.contract.key, flat.contract.unit, flat.contract.period.field) == (
        ("stop_id", "number"),
        "one person",
        None,
    )
    assert (set(flat.checks.checks), flat.mappings) == (set(), {})
    assert set(related.flat_dataset(dataset, "stops").mappings) == {"old"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("belongs_to: {table: person,", "belongs_to: {table: nobody,", "unknown_table"),
        ("by: [stop_id, number]", "by: [stop_id]", "key_differs"),
        ("by: [stop_id, number]", "by: [number, stop_id]", "key_differs"),
        ("by: [stop_id, number]", "by: [stop_id, other]", "unknown_field"),
        ("belongs_to: {least: 1}", "belongs_to: {table: charge, by: [stop_id, number, number]}", "tables_in_a_circle"),
        ("key: [stop_id, number]", "key: [stop_id, other]", "unknown_field"),
        ("codelist: sex, several", "codelist: nothing, several", "unknown_code"),
        ('several: ";"', 'several: "F"', "separator_in_code"),
        ("role: quasi_identifier, says: Race., codelist: sex,", "role: quasi_identifier, says: Race.,", "wrong_value"),
        ("  person:", "  stops:", "wrong_table_name"),
    ],
)
def test_what_is_wrong_with_a_related_table(with_tables, old, new, code):
    change(with_tables, "oz/datasets/stops/contract.yaml", old, new)
    assert code in {fault.code for fault in faults_of(with_tables)}


def test_rules_name_their_table_and_those_above(with_tables):
    add_check(
        with_tables, 'kind: condition, table: charge, with: {fails_when: "place > person.number AND stops.year < 2000"}'
    )
    checks = registry.load_registry([with_tables]).dataset("stops").checks
    dataset = registry.load_registry([with_tables]).dataset("stops")
    assert related.is_across(checks.checks["extra"], dataset.contract)
    assert "extra" not in related.flat_dataset(dataset, "charge").checks.checks


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("kind: condition, table: nobody, with: {fails_when: place > 1}", "unknown_table"),
        ("kind: condition, table: person, with: {fails_when: charge.place > 1}", "unknown_field"),
        ("kind: condition, table: person, with: {fails_when: stops.place > 1}", "unknown_field"),
        ("kind: related, with: {of: charge, fails_when: count(*) > 1}", "unknown_table"),
        ("kind: related, with: {of: person, fails_when: max(charge.place) > 1}", "unknown_field"),
    ],
)
def test_a_rule_may_not_name_what_it_cannot_see(with_tables, text, code):
    add_check(with_tables, text)
    assert code in {fault.code for fault in faults_of(with_tables)}


def test_a_layout_fills_related_tables(with_tables):
    path = with_tables / "oz/datasets/stops/mappings/old.yaml"
    path.write_text(path.read_text() + "tables: {person: {columns: {ID: stop_id, NO: other}}, nobody: {columns: {}}}\n")
    found = {(fault.code, fault.place.line) for fault in faults_of(with_tables)}
    assert found == {("unknown_field", 4), ("unfilled_field", 4), ("unknown_table", 4)}


def test_a_long_code_list_may_stand_in_a_file_of_its_own(oz):
    path = oz / "oz/codelists/county.yaml"
    path.write_text("codelist: county\nversion: '1'\ntitle: Counties\ncodes_from: county.csv\n")
    (fault,) = [item for item in faults_of(oz) if item.code == "missing_file"]
    assert fault.place.line == 4
    rows = "code,label,valid_from,valid_until,population,region\nEmerald,E,2001-01-01,,90000,East\nPoppy,P,,,900,East\n"
    (oz / "oz/codelists/county.csv").write_text(rows)
    listed = registry.load_registry([oz]).jurisdiction("oz").codelist("county")
    assert [(item.code, item.valid_from) for item in listed.codes] == [("Emerald", "2001-01-01"), ("Poppy", None)]
