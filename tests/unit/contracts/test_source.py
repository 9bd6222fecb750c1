"""A source's folder is checked as a whole: its fields, codes, positions and name, every fault with its file."""

from __future__ import annotations

import shutil

import pytest

from openjustice.contracts import registry
from openjustice.ground import errors

PLACE = "united_states/datasets/use_of_force/sources/south_bend"


@pytest.fixture
def copied(registry_root, tmp_path):
    """Give a copy of the registry's jurisdiction with one source, that a test may break."""
    for name in ("common", "united_states"):
        shutil.copytree(registry_root / name, tmp_path / name)
    for folder in (tmp_path / "united_states/datasets/use_of_force/sources").iterdir():
        if folder.name != "south_bend":
            shutil.rmtree(folder)
    shutil.copyfile(registry_root / "united_states/datasets/use_of_force/examples/good.csv", tmp_path / "good.csv")
    return tmp_path


def load(root):
    """Load the jurisdiction of a registry."""
    return registry.load_registry([root], only=["united_states"])


def change(root, file, old, new):
    """Change a text in a file of the source."""
    path = root / PLACE / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_new_folder_is_a_new_agency_without_any_other_change(copied):
    shutil.copytree(copied / PLACE, (copied / PLACE).with_name("riverside"))
    for name, key in (("source.yaml", "source"), ("profile.yaml", "profile"), ("measured.yaml", "measured")):
        path = (copied / PLACE).with_name("riverside") / name
        path.write_text(path.read_text().replace(f"{key}: south_bend", f"{key}: riverside", 1))
    loaded = load(copied)
    dataset = loaded.dataset("united_states/use_of_force")
    assert set(dataset.sources) == {"south_bend", "riverside"}
    assert set(loaded.jurisdiction("united_states").codelist("source_agencies").labels()) == {"south_bend", "riverside"}


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("source.yaml", "source: south_bend", "source: elsewhere", "name_differs"),
        ("source.yaml", "  district: [Beat]", "  nowhere: [Beat]", "unknown_field"),
        ("source.yaml", "Taser: cew_used", "Taser: lightning", "unknown_code"),
        ("source.yaml", 'separator: "/"', 'separated: "/"', "unknown_key"),
        ("source.yaml", "district: [Beat]", "district: {flags: {}, columns: []}", "wrong_value"),
        ("source.yaml", "codes:\n    Physical", 'patterns: {"(": other}\n  codes:\n    Physical', "wrong_value"),
        ("profile.yaml", "counting_unit: incident", "counting_unit: shift", "wrong_position"),
        ("profile.yaml", "counting_unit: incident", "mood: good", "wrong_position"),
        ("measured.yaml", "counts:", "counted:", "unknown_key"),
    ],
)
def test_what_is_wrong_is_told_with_its_file(copied, file, old, new, code):
    change(copied, file, old, new)
    with pytest.raises(errors.RegistryRefused) as refused:
        load(copied)
    assert code in refused.value.codes
    told = next(fault for fault in refused.value.faults if fault.code == code)
    assert told.place.file is not None
    assert told.place.file.endswith(file)


def test_an_agency_without_a_profile_stands_for_nothing_stated(copied):
    for name in ("profile.yaml", "measured.yaml"):
        (copied / PLACE / name).unlink()
    standing = load(copied).dataset("united_states/use_of_force").sources["south_bend"].standing
    assert (standing.positions, standing.counts, standing.shares, standing.years) == ({}, {}, {}, None)
