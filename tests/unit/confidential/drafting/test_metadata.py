"""A release's metadata says what the public may know of its dataset, in plain values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from openjustice.confidential.drafting import metadata
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import load_registry
from unit.airlock import homes


@pytest.fixture(scope="module")
def demo(registry_root: Path) -> Jurisdiction:
    """Load the invented jurisdiction."""
    return homes.load_registry(registry_root).jurisdiction("demo")


@pytest.fixture(scope="module")
def made(demo: Jurisdiction) -> dict:
    """Make the metadata of its deaths."""
    dataset = demo.datasets["custody_deaths"]
    assert dataset.policy is not None
    return metadata.make_metadata(
        dataset, jurisdiction=demo, policy=dataset.policy, quality={"reporters": []}, comparability={}
    )


def test_it_is_plain_and_holds_every_part(made: dict):
    assert json.loads(json.dumps(made)) == made
    assert sorted(made) == [
        "codelists", "comparability", "contract", "indicators", "jurisdiction", "map", "notes", "policy", "quality", "variables",
    ]  # fmt: skip
    assert made["policy"]["tiers"]["public"]["microdata"]["require"][0]["k"] == 5
    assert set(made["indicators"]["custody_deaths"]) == {"indicator", "examples"}


def test_every_public_variable_is_described_with_the_labels_of_its_codes(made: dict, demo: Jurisdiction):
    variables = made["variables"]
    assert list(variables) == list(demo.datasets["custody_deaths"].policy.tiers["public"].recode)  # type: ignore[union-attr]
    assert variables["age_band"]["labels"]["70+"] == "70 and over"  # a code list of its own name
    assert variables["county"]["labels"]["Lowmark"] == "Lowmark"  # the field's code list
    assert variables["county_group"]["labels"]["Small counties"] == "Small counties"  # what small ones are merged into
    assert variables["manner_group"]["labels"] == {code: code for code in variables["manner_group"]["labels"]} != {}
    assert variables["death_year"]["labels"] == {}


def test_the_codelists_of_areas_travel_with_their_attributes(made: dict):
    codes = {item["code"]: item["attributes"] for item in made["codelists"]["counties"]["codes"]}
    assert codes["Lowmark"]["population"] == 2050


def test_a_column_that_was_recalled_says_so_wherever_it_is_described(registry_root: Path):
    california = load_registry([registry_root], only=["california"]).jurisdiction("california")
    dataset = california.datasets["hate_crime"]
    assert dataset.policy is not None
    described = {
        name: metadata.describe_variable(name, rule, dataset=dataset, codelists=california.codelists)["says"]
        for name, rule in dataset.policy.tiers["public"].recode.items()
    }
    assert described["bias_type"].endswith(metadata.TO_CONFIRM)  # its field and its list were recalled
    assert metadata.TO_CONFIRM not in described["multiple_bias"]
