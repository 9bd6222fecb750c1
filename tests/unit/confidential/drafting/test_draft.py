"""A draft is made whole or not at all, the same from the same, and tells the public nothing that it hides."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import pytest

from openjustice.confidential import store as stores
from openjustice.confidential.drafting import draft
from openjustice.confidential.store import Store
from openjustice.contracts.registry import Registry
from openjustice.contracts.release import ProductKind
from openjustice.ground import durable, engine, errors
from openjustice.ground.terms import Plane
from unit.airlock import forging, homes

DEATHS = "demo/custody_deaths"


def make(home: Path, registry: Registry, dataset: str = DEATHS) -> int:
    """Make a draft."""
    return draft.make_draft(home, dataset=dataset, author="Ada", at=homes.AT, seed=homes.SEED, registry=registry)


def test_the_same_records_declarations_and_seed_give_the_same_bytes(home: Path, registry: Registry):
    assert make(home, registry) == 2
    first, second = (draft.read_draft(home, number) for number in (1, 2))
    assert first.manifest.products == second.manifest.products
    assert first.manifest.inputs == second.manifest.inputs
    assert [row["number"] for row in draft.list_drafts(home)] == [1, 2]


def test_the_stores_and_the_drafts_are_open_to_their_owner_alone(home: Path):
    place = stores.read_home(home)
    private = (place.records, draft.report_page(home, 1).parent, place.drafts)
    assert [path.name for path in private if path.stat().st_mode & 0o077] == []


def test_a_draft_has_every_table_the_records_and_the_papers(home: Path, registry: Registry):
    found = draft.read_draft(home, 1)
    indicators = registry.jurisdiction("demo").indicators_of("custody_deaths")
    tables = {f"{name}__by_{breakdown}" for name, item in indicators.items() for breakdown in item.indicator.breakdowns}
    assert {item.id for item in found.manifest.products_of(ProductKind.TABLE)} == tables
    assert [len(found.manifest.products_of(kind)) for kind in ProductKind if kind is not ProductKind.TABLE] == [1] * 5
    assert found.state == "drafted"
    assert all(item["passed"] for item in found.attacks)
    assert json.loads(json.dumps(found.as_dict()))["digest"] == found.manifest.digest
    assert draft.report_page(home, 1).is_file()


def test_the_public_papers_do_not_say_which_hidden_count_was_small(home: Path):
    folder = forging.folder_of(home)
    public, inside = (json.loads((folder / name).read_text()) for name in ("report.json", "review.json"))
    assert inside["small_counts_hidden"] > 0
    assert inside["helpers_hidden"] > 0
    text = json.dumps(public)
    assert not any(word in text for word in ("small_counts", "helpers", "narrowest", "leaks"))
    assert "review.json" not in {item.path for item in draft.read_draft(home, 1).manifest.products}


def test_the_trace_tells_no_count_before_protection(home: Path):
    trace = json.loads((forging.folder_of(home) / "trace.json").read_text())
    steps = engine.read_steps(trace["steps"])
    assert "seed" not in {name for step in steps for name, _ in step.parameters}
    for relation in trace["tables"].values():
        told = engine.story_of(steps, relation)
        assert told[0].rows is None
        assert told[-1].rows is not None
        assert any(step.kind == "label" for step in told)


def test_the_report_is_a_page_that_says_what_was_done_and_what_remains(home: Path):
    page = draft.report_page(home, 1).read_text()
    for words in (
        "could be told apart",
        "What was done",
        "Is any group erased?",
        "differences between groups",
        "Withstood",
        "Everything here is invented",
        "<svg",
        'role="img"',
    ):
        assert words in page
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_the_report_of_the_deaths_says_plainly_who_could_be_found_what_was_done_and_what_remains(home: Path):
    page = draft.report_page(home, 1).read_text()
    plain = " ".join(
        html.unescape(re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)).split()
    )
    before, done, remains = (
        part.split(end)[0]
        for part, end in (
            (plain.split("What could identify a person before")[1], "What was done"),
            (plain.split("What was done")[1], "What risk remains"),
            (plain.split("What risk remains")[1], "What use remains"),
        )
    )
    assert "A reader of the local news knows when and where somebody died, and their age, sex and race." in before
    assert re.search(r"Knows: region, age group, sex,? (and )?race or ethnicity", before, flags=re.IGNORECASE)
    assert "means that two guesses in a hundred name the right record" in before
    assert "The year alone; the day is withheld." in done
    assert "Persons under 18." in done
    assert "They are few, and their cases are sealed." in done
    assert "a value that is shown is the value that was reported" in done
    assert "We attacked the result ourselves" in remains
    assert remains.count("Withstood") == len(draft.read_draft(home, 1).attacks)
    assert not re.search(r"\b(k-anonymity|l-diversity|quasi-identifier|equivalence class|k = )", before + remains)
    # Every scenario of the policy is in the page in its own words.
    report = json.loads((forging.folder_of(home) / "report.json").read_text())
    assert all(html.unescape(item["says"]) in plain for item in report["scenarios"])


@pytest.mark.parametrize(("owner", "name"), [(durable, "move_folder"), (Store, "register_draft")])
def test_a_draft_that_was_stopped_never_was(home: Path, registry: Registry, owner: object, name: str):
    class Stopped(Exception):
        """The machine stops here."""

    def stop(*_: object, **__: object) -> None:
        raise Stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, stop)
        with pytest.raises(Stopped):
            make(home, registry)
    assert len(draft.list_drafts(home)) == 1
    assert make(home, registry) == 2
    assert sorted(path.name for path in (home / "confidential" / "drafts").iterdir()) == ["1", "2"]


def test_a_dataset_without_persons_passes_as_it_is_with_its_numbers(home: Path, registry: Registry):
    jurisdiction = registry.jurisdiction("demo")
    rows = homes.invent_rows(jurisdiction, rows=1)["county_arrests"][:40]
    with stores.open_store(home) as store:
        homes.accept_rows(store, jurisdiction.datasets["county_arrests"].contract, rows=rows, jurisdiction="demo")
    number = make(home, registry, "demo/county_arrests")
    (product,) = draft.read_draft(home, number).manifest.products_of(ProductKind.MICRODATA)
    assert product.rows == 40
    types = dict(product.columns)
    assert (types["year"], types["county"]) == ("BIGINT", "VARCHAR")
    folder = forging.folder_of(home, number)
    with engine.open_memory(plane=Plane.PROTECTED, directory=folder) as opened:
        read = opened.read_parquet(folder / product.path, name="read").rows()
    assert sorted({str(row["year"]) for row in read}) == sorted({row["year"] for row in rows})
    assert "no records of persons" in draft.report_page(home, number).read_text()


def test_who_knows_the_program_does_not_know_the_seed(home: Path):
    place = stores.read_home(home)
    seed = draft.make_seed(home, dataset=DEATHS)
    assert seed == draft.make_seed(home, dataset=DEATHS) != draft.make_seed(home, dataset="demo/other")
    place.key_file.write_bytes(bytes(reversed(place.read_key())))
    assert seed != draft.make_seed(home, dataset=DEATHS)


def test_an_unknown_draft_is_refused(home: Path):
    with pytest.raises(errors.SealRefused) as refused:
        draft.read_draft(home, 9)
    assert refused.value.codes == ("draft_unknown",)


def test_a_dataset_without_records_cannot_be_drafted(home: Path, registry: Registry):
    with pytest.raises(errors.SubmissionRefused):
        make(home, registry, "demo/population")
    assert len(draft.list_drafts(home)) == 1


def test_a_policy_without_a_public_tier_or_table_rules_gives_no_draft(home: Path, small_registry: Path, tmp_path: Path):
    folder = Path(shutil.copytree(small_registry, tmp_path / "edited"))
    policy = folder / "demo" / "datasets" / "custody_deaths" / "policy.yaml"
    text = policy.read_text()
    start, end = text.index("    tables:\n"), text.index("  researcher:")
    policy.write_text(text[:start] + text[end:])
    with pytest.raises(errors.ProtectionRefused) as refused:
        make(home, homes.load_registry(folder))
    assert refused.value.codes == ("no_table_rules",)
