"""Export: a contract is a valid Table Schema and valid CSV on the Web metadata, as the standards' own tools judge."""

import csv
import json
import warnings

import pytest

from openjustice.contracts import export, registry
from openjustice.contracts.dataset import FieldType
from openjustice.ground.terms import Role

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the judges' own imports warn
    import csvw
    import frictionless


def every_dataset():
    loaded = registry.load_registry()
    return [
        pytest.param(item, loaded.jurisdiction(item.jurisdiction), id=item.address)
        for jurisdiction in loaded.jurisdictions.values()
        for item in jurisdiction.datasets.values()
    ]


@pytest.mark.parametrize(("dataset", "jurisdiction"), every_dataset())
def test_every_contract_is_a_valid_table_schema(dataset, jurisdiction):
    descriptor = export.table_schema(dataset, jurisdiction=jurisdiction)
    assert frictionless.Schema.validate_descriptor(descriptor).valid
    schema = frictionless.Schema.from_descriptor(descriptor)
    assert schema.field_names == list(dataset.contract.fields)
    assert schema.primary_key == list(dataset.contract.key)


@pytest.mark.parametrize(("dataset", "jurisdiction"), every_dataset())
@pytest.mark.filterwarnings("ignore")
def test_every_contract_is_valid_csv_on_the_web(dataset, jurisdiction, tmp_path):
    metadata = export.csvw_metadata(dataset, jurisdiction=jurisdiction, address="data.csv")
    columns = metadata["tableSchema"]["columns"]
    (tmp_path / "data.csv-metadata.json").write_text(json.dumps(metadata))
    with (tmp_path / "data.csv").open("w", newline="") as stream:
        csv.writer(stream).writerow([column["titles"] for column in columns])
    judged = csvw.CSVW(str(tmp_path / "data.csv-metadata.json"), validate=True)
    assert judged.is_valid


def test_a_wrong_schema_would_be_caught():
    assert not frictionless.Schema.validate_descriptor({"fields": [{"name": "x", "type": "nonsense"}]}).valid


@pytest.mark.parametrize(("dataset", "jurisdiction"), every_dataset())
def test_bounds_codes_and_roles_are_carried(dataset, jurisdiction):
    fields = {field["name"]: field for field in export.table_schema(dataset, jurisdiction=jurisdiction)["fields"]}
    for name, declared in dataset.contract.fields.items():
        assert fields[name]["role"] == declared.role.value
        constraints = fields[name].get("constraints", {})
        assert constraints.get("required", False) is declared.required
        assert ("enum" in constraints) is (declared.type is FieldType.CODE)
        if declared.range:
            assert (constraints.get("minimum"), constraints.get("maximum")) == tuple(declared.range)


@pytest.mark.parametrize(("dataset", "jurisdiction"), every_dataset())
def test_no_direct_identifier_is_in_the_public_view(dataset, jurisdiction):
    public = export.public_view(dataset.contract)
    identifiers = dataset.contract.fields_with(Role.DIRECT_IDENTIFIER)
    assert not set(public) & set(identifiers)
    assert set(public) | set(identifiers) == set(dataset.contract.fields)
