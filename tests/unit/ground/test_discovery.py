"""Discovery: plug-ins are the sub-folders of a package, and an unknown one is refused by name."""

import sys

import pytest

from openjustice.ground import discovery, errors


@pytest.fixture
def doors(tmp_path, monkeypatch):
    for name in ("oak", "steel"):
        (tmp_path / "doors" / name).mkdir(parents=True)
        (tmp_path / "doors" / name / "__init__.py").write_text(f"DOOR = {name!r}\n")
    (tmp_path / "doors" / "__init__.py").write_text("")
    (tmp_path / "doors" / "handle.py").write_text("WHAT = 'a handle'\n")
    (tmp_path / "doors" / "no_plugin").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    import doors  # type: ignore[import-not-found]

    yield doors
    for name in [name for name in sys.modules if name.partition(".")[0] == "doors"]:
        del sys.modules[name]


def test_every_folder_is_found_and_loaded(doors):
    assert discovery.plugin_names(doors) == ("oak", "steel")
    assert discovery.load_plugins(doors, attribute="DOOR") == {"oak": "oak", "steel": "steel"}


def test_an_unknown_plugin_is_refused_with_the_known_ones(doors):
    with pytest.raises(errors.RegistryRefused, match="oak, steel") as refused:
        discovery.load_plugin(doors, "paper", attribute="DOOR")
    assert refused.value.codes == ("unknown_plugin",)


def test_a_module_is_loaded_only_below_its_package(doors):
    assert discovery.load_module(doors, "handle").WHAT == "a handle"
    with pytest.raises(errors.HouseFault):
        discovery.load_module(doors, "os")
