"""The site is built again: nothing where nothing changed, only touched pages after a release, and always the same bytes."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import pytest

from openjustice.ground import errors
from openjustice.public.publish.language import Language
from openjustice.public.site import build, pages, record, writing
from openjustice.public.site.rendering import Maker, Page
from unit.public.release_fixture import make_public_folder, spanish


def file_ids(site: Path) -> dict[str, int]:
    """Return which file on the disk each page is: one that was taken over is still the same file."""
    return {path.relative_to(site).as_posix(): path.stat().st_ino for path in site.rglob("*.html")}


def test_nothing_is_made_where_nothing_changed(public: Path, monkeypatch: pytest.MonkeyPatch):
    standing = (public / build.SITE).resolve()
    made: list[str] = []
    monkeypatch.setattr(pages, "page_makers", lambda portal: made.append(portal.language.tag))
    assert build.build_site(public, translations=spanish()) == standing
    assert made == []


def test_a_new_release_touches_only_the_pages_that_show_it(public: Path, tmp_path: Path):
    folder = make_public_folder(tmp_path / "public")
    catalog, ledger = folder / "catalog.json", folder / "ledger.jsonl"
    everything, lines = json.loads(catalog.read_bytes()), ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    newest = everything["releases"][-1]
    catalog.write_text(json.dumps({**everything, "releases": everything["releases"][:-1]}), encoding="utf-8")
    ledger.write_text("".join(lines[:-1]), encoding="utf-8")
    before = build.build_site(folder, translations=spanish())
    ids = file_ids(before)
    catalog.write_text(json.dumps(everything), encoding="utf-8")
    ledger.write_text("".join(lines), encoding="utf-8")
    after = build.build_site(folder, translations=spanish())
    assert after.name == (public / build.SITE).resolve().name  # the same bytes as a site that was built from nothing
    kept = {
        path for path, number in file_ids(after).items() if ids.get(path) == number and not path.startswith("data/")
    }
    assert "custody_deaths" in json.dumps(newest)
    assert {"datasets/county_profile/index.html", "es/datasets/county_profile/index.html"} <= kept
    assert not any(path.endswith("custody_deaths/index.html") or "areas/" in path for path in kept)


def test_a_site_that_somebody_changed_is_built_anew(tmp_path: Path):
    folder = make_public_folder(tmp_path / "public")
    built = build.build_site(folder)
    (built / "methods.html").write_text("changed", encoding="utf-8")
    assert (build.build_site(folder) / "methods.html").read_text(encoding="utf-8") != "changed"


def test_a_changed_word_is_no_reason_to_take_a_page_over(tmp_path: Path):
    words = spanish()["demo"][0]
    other = type(words)(words.language, {**words.entries, ("", "Deaths in custody"): "Fallecimientos bajo custodia"})
    assert record.words_digest([words]) != record.words_digest([other])
    assert record.words_digest([words]) == record.words_digest(spanish()["demo"])


def test_many_pages_are_written_by_several_processes_and_are_the_same(tmp_path: Path):
    def make(number: int) -> Page:
        return Page(
            f"p/{number}.html", f"<h1>Page {number}</h1> {Language('en-US').tag} {os.getpid() if number < 0 else ''}"
        )

    makers = [Maker(f"p/{number}.html", frozenset(), partial(make, number)) for number in range(writing.FEW)]
    texts = []
    for processors in (1, 2):
        folder = tmp_path / str(processors)
        task = writing.Task(makers, Language("en-US"), folder, {}, {}, None)
        written = list(writing.write_all(task, processors=processors))
        assert [item.path for item in written] == [item.path for item in makers]
        texts.append([(folder / item.path).read_text(encoding="utf-8") for item in written])
    assert texts[0] == texts[1]


def test_what_a_worker_found_untranslated_is_refused_by_the_whole(tmp_path: Path):
    spoken = Language("es-US")

    def make(number: int) -> Page:
        return Page(f"{number}.html", spoken.word(f"word {number}"))

    makers = [Maker(f"{number}.html", frozenset(), partial(make, number)) for number in range(writing.FEW)]
    list(writing.write_all(writing.Task(makers, spoken, tmp_path, {}, {}, None), processors=2))
    assert len(spoken.missing) == writing.FEW


def test_an_altered_release_is_refused_even_where_the_site_stands(tmp_path: Path):
    folder = make_public_folder(tmp_path / "public")
    build.build_site(folder)
    report = next(folder.glob("releases/demo/*/*/report.json"))
    report.write_bytes(report.read_bytes() + b" ")
    with pytest.raises(errors.SealRefused) as refusal:
        build.build_site(folder)
    assert refusal.value.codes == ("release_changed",)
