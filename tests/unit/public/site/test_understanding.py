"""The pages that help to read the numbers say what the releases hold, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from openjustice.public.publish import catalog
from openjustice.public.publish.release import PublishedRelease
from openjustice.public.site import corrections, understanding
from openjustice.public.site.portal import Portal


@pytest.fixture
def portal(published: tuple[PublishedRelease, ...]) -> Portal:
    """Give the portal of the invented jurisdiction, without its ledger."""
    return Portal(releases=published, ledger=())


def test_a_correction_names_its_tables_and_counts_what_changed(portal: Portal):
    (found,) = corrections.find_corrections(portal)
    assert found.note == "Three deaths of 2022 that were reported late are now counted."
    assert found.content.manifest.vintage == "2024-09-16.1"
    by_title = {item.title: item for item in found.tables}
    by_year = next(item for title, item in by_title.items() if "by year" in title.lower() and "and" not in title)
    assert (by_year.changed, by_year.added, by_year.removed) == (2, 0, 0)  # the year and the total
    assert found.changed


def test_tables_that_differ_in_their_cells_are_counted_apart(portal: Portal):
    frame = portal.views("deaths_count")[0].frame
    fewer = replace(frame, rows=frame.rows[1:])
    hidden = replace(
        frame, rows=[frame.rows[0] | {"value": None, "numerator": None, "value_marker": "c"}, *frame.rows[1:]]
    )
    assert corrections.compare_tables(frame, fewer).removed == 1
    assert corrections.compare_tables(fewer, frame).added == 1
    assert corrections.compare_tables(frame, hidden).newly_withheld == 1
    assert corrections.compare_tables(frame, frame).is_same


def test_the_feed_of_corrections_holds_corrections_alone(portal: Portal):
    contents = [item.content for item in portal.releases]
    feed = catalog.corrections_feed(contents)
    assert feed.count("<entry>") == 1
    assert "Three deaths of 2022" in feed
    assert "corrections.xml" in feed
    assert catalog.corrections_feed(contents[:1]).count("<entry>") == 0
    assert catalog.atom_feed(contents).count("<entry>") == 3


def test_what_was_withheld_is_counted_from_the_sealed_tables(portal: Portal):
    newest = next(item for item in understanding.find_protected(portal) if item.is_newest)
    rows = [row for frame in newest.release.content.frames if frame.indicator for row in frame.rows]
    assert newest.withheld == sum(row["numerator_marker"] == "c" for row in rows) > 0
    assert newest.zeros == sum(row["numerator"] == 0 for row in rows) > 0
    assert newest.of == len(rows)


def test_every_myth_is_answered_and_most_are_seen_on_a_page(portal: Portal):
    found = understanding.find_myths(portal)
    assert all(item.belief and item.truth for item in found)
    assert sum(bool(item.seen and item.link) for item in found) >= 5


def test_the_glossary_is_in_order_and_names_each_word_once():
    words = [item.word for item in understanding.glossary()]
    assert words == sorted(words, key=str.lower)
    assert len(words) == len(set(words)) > 15


def test_each_dataset_brings_its_own_words(portal: Portal):
    declared = dict(understanding.declared_terms(portal))
    assert any(term.word == "Manner of death" for term in declared["custody_deaths"])
