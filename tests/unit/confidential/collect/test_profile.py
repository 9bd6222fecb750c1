"""A file that nobody has seen gets a proposal for each column, by what other agencies' declarations teach."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from openjustice.confidential.collect import profile
from openjustice.confidential.collect.ingest.layout import plain
from openjustice.confidential.collect.profile import clusters, names
from openjustice.confidential.collect.profile.columns import Kind
from openjustice.contracts import registry
from openjustice.contracts.dataset import Code, Codelist
from openjustice.contracts.source import Source, SourceDeclaration
from unit.confidential.collect import small

SETTINGS = profile.read_profiling()
FIELDS = {
    "agency": {"type": "string"},
    "record": {"type": "string", "title": "Row of the file"},
    "incident_date": {"type": "date", "title": "Date", "required": False},
    "incident_hour": {"type": "integer", "range": [0, 23], "title": "Hour", "required": False},
    "subject_sex": {"type": "code", "codelist": "sex", "title": "Sex of subject"},
    "subject_age": {"type": "integer", "range": [0, 120], "title": "Age of subject"},
    "subject_injured": {"type": "code", "codelist": "yes_no", "title": "Subject was injured"},
    "officer_sex": {"type": "code", "codelist": "sex", "title": "Sex of officer"},
    "officer_age": {"type": "integer", "range": [15, 100], "title": "Age of officer"},
    "officer_injured": {"type": "code", "codelist": "yes_no", "title": "Officer was injured"},
    "force_number": {"type": "integer", "title": "Number of the force"},
    "force_type": {"type": "code", "codelist": "force", "title": "Kind of force"},
}
LISTS = {
    "sex": {"male": "Male", "female": "Female"},
    "yes_no": {"yes": "Yes", "no": "No"},
    "force": {"taser": "Taser used", "strike": "Strike", "takedown": "Takedown"},
}  # fmt: skip
OTHER = {
    "source": "other", "title": "Other", "files": ["*.csv"],
    "fields": {
        "incident_date": {"columns": ["Occurred"], "formats": ["%m/%d/%Y"]},
        "subject_sex": {"columns": ["Suspect Gender"], "codes": {"M": "male", "F": "female"}},
        "officer_sex": {"columns": ["Ofc Gender"], "codes": {"M": "male", "F": "female"}},
    },
    "repeats": {"field": "force_type", "number": "force_number", "columns": ["Force Used"], "patterns": {"tackl": "takedown"}, "codes": {"CEW": "taser"}},
    "ignore": {"Weather": "not needed"},
}  # fmt: skip
SHEET = """Report of 2019,,,,,,,,,
No,Date of it,Susp Sex,SuspAge,Susp Hurt or Injured,Officer Sex,Kind of Force,Officer Injured,Weather,Zzz
"""
ROWS = [
    f"R-{n},0{n % 9 + 1}/11/2019,{'MF'[n % 2]},{20 + n},Yes,M,{['CEW', 'Tackled him', 'Strikes', 'CEW; Strike'][n % 4]},No,Fine,{n * n}"
    for n in range(30)
]


@pytest.fixture(scope="module")
def knowledge():
    """Learn from one other agency."""
    dataset = small.dataset(FIELDS, key=("agency", "record", "force_number"))
    contract = dataset.contract.model_copy(update={"reporter_field": "agency"})
    source = Source(SourceDeclaration.model_validate(OTHER), None, None)
    lists = {
        name: Codelist(
            codelist=name, version="1", title=name, codes=tuple(Code(code=c, label=label) for c, label in codes.items())
        )
        for name, codes in LISTS.items()
    }
    return profile.learn(replace(dataset, contract=contract, sources={"other": source}), codelists=lists)


@pytest.fixture(scope="module")
def made(knowledge, tmp_path_factory):
    """Profile a sheet with a title row."""
    path = tmp_path_factory.mktemp("sheet") / "here_2019.csv"
    path.write_text(SHEET + "\n".join(ROWS) + "\n")
    return profile.profile_files([path], knowledge=knowledge, settings=SETTINGS)


def test_the_header_is_found_below_the_title(made):
    assert (made.header_line, made.has_title) == (2, True)
    assert [item.column.name for item in made.proposals][:3] == ["No", "Date of it", "Susp Sex"]


def test_each_column_gets_its_field(made):
    assert {item.column.name: item.field for item in made.proposals} == {
        "No": "record", "Date of it": "incident_date", "Susp Sex": "subject_sex", "SuspAge": "subject_age", "Susp Hurt or Injured": "subject_injured",
        "Officer Sex": "officer_sex", "Kind of Force": "force_type", "Officer Injured": "officer_injured",
        "Weather": None, "Zzz": None,
    }  # fmt: skip


def test_kinds_are_told_by_the_values(made):
    kinds = {item.column.name: item.column.kind for item in made.proposals}
    assert kinds["Date of it"] is Kind.DAY
    assert kinds["SuspAge"] is Kind.INTEGER
    assert kinds["Officer Injured"] is Kind.FLAG
    assert kinds["Kind of Force"] is Kind.CODE


def test_how_sure_a_proposal_is_lies_between_nothing_and_certain(made):
    assert all(0 <= item.confidence <= 1 for item in made.proposals)
    assert all(item.confidence >= SETTINGS.propose_from for item in made.proposals if item.field)


def test_the_draft_loads_and_says_what_it_is_not_sure_of(made):
    text = profile.as_draft(made, source="here", title="Here")
    draft = SourceDeclaration.model_validate(yaml.safe_load(text))
    assert draft.fields["subject_sex"].codes == {"M": "male", "F": "female"}
    assert draft.fields["incident_date"].formats[0] == "%m/%d/%Y"
    assert draft.repeats is not None
    assert draft.repeats.separator == ";"
    assert draft.repeats.codes == {"CEW": "taser", "Strikes": "strike", "Strike": "strike", "Tackled him": "takedown"}
    assert set(draft.ignore) == {"Weather", "Zzz"}


def test_a_text_that_stands_once_is_not_written_into_a_draft(knowledge, tmp_path):
    (tmp_path / "a.csv").write_text(
        "No,Kind of Force\n" + "".join(f"{n},CEW\n" for n in range(20)) + "99,CANARY words\n"
    )
    made = profile.profile_files([tmp_path / "a.csv"], knowledge=knowledge, settings=SETTINGS)
    text = profile.as_draft(made, source="a", title="A")
    assert "CANARY" not in text
    assert "1 that stand once each" in text


def test_one_hot_columns_fold_into_the_field_that_repeats(knowledge, tmp_path):
    (tmp_path / "a.csv").write_text(
        "No,Taser,Tackled,Striking,Mystery\n" + "".join(f"{n},Yes,No,No,Yes\n" for n in range(20))
    )
    made = profile.profile_files([tmp_path / "a.csv"], knowledge=knowledge, settings=SETTINGS)
    assert [item.field for item in made.proposals[1:]] == ["force_type"] * 4
    draft = SourceDeclaration.model_validate(yaml.safe_load(profile.as_draft(made, source="a", title="A")))
    assert draft.repeats is not None
    assert draft.repeats.flags["Taser"] == "taser"
    assert draft.repeats.flags["Tackled"] == "takedown"


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        (["Pepper Spray", "pepper  spray.", "spray, Pepper"], [3]),
        (["Stabilization", "Stablization", "Stabilisation"], [3]),
        (["Taser", "Baton"], [1, 1]),
        (["L1", "L2"], [1, 1]),
        (["No", "Not"], [1, 1]),
    ],
)
def test_spellings_of_one_word_come_together_and_others_stay_apart(texts, groups):
    made = clusters.cluster(
        [(text, 10 - place) for place, text in enumerate(texts)], neighbor_from=SETTINGS.neighbor_from
    )
    assert sorted(map(len, made), reverse=True) == groups
    assert sorted(text for group in made for text, _ in group) == sorted(texts)


def test_the_nearest_known_text_gives_the_code_and_how_near_it_is():
    known = {"conducted energy weapon": "cew", "oc": "spray"}
    assert clusters.nearest_code("Weapon, Conducted Energy", known, neighbor_from=88) == ("cew", 1.0)
    near = clusters.nearest_code("Conducted Enery Weapon", known, neighbor_from=88)
    assert near is not None
    assert near[0] == "cew"
    assert 0.88 <= near[1] < 1
    assert clusters.nearest_code("OK", known, neighbor_from=88) is None


@pytest.mark.parametrize("name", ["OffRace", "OFF_RACE", "off race", "Off-Race"])
def test_words_of_a_name_however_it_is_written(name):
    assert names.words_of(name) == ("off", "race")


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "floor"), [("baltimore", 0.99), ("beloit", 0.8), ("norwich", 0.9)])
def test_a_department_left_out_is_proposed_from_the_others_alone(real_data, name, floor):
    loaded = registry.load_registry(only=["united_states"])
    dataset = loaded.dataset("united_states/use_of_force")
    declared = dataset.sources[name].declaration
    lists = loaded.jurisdiction("united_states").codelists
    knowledge = profile.learn(dataset, codelists=lists, without=[name])
    paths = sorted(path for pattern in declared.files for path in (real_data / "us/use_of_force_pdi").glob(pattern))
    made = profile.profile_files(paths, knowledge=knowledge, settings=SETTINGS)
    wanted = {plain(column): fields for column, fields in declared.all_targets().items()}
    told = [
        (item.field, wanted[plain(item.column.name)]) for item in made.proposals if plain(item.column.name) in wanted
    ]
    assert sum(field in fields for field, fields in told) / len(told) >= floor
