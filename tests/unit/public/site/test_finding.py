"""The index of the search: every word leads to its entry, and no part of it is too large to fetch."""

from __future__ import annotations

from openjustice.public.site import finding
from openjustice.public.site.finding import Entry


def test_an_entry_stands_under_each_of_its_words():
    found = finding.shards([Entry("Los Ángeles", "areas/los-angeles.html", "area", "06037")])
    assert {start: [item.path for item in items] for start, items in found.items()} == {
        "0": ["areas/los-angeles.html"],
        "a": ["areas/los-angeles.html"],
        "l": ["areas/los-angeles.html"],
    }


def test_a_large_letter_is_split_and_nothing_is_lost():
    entries = [Entry(f"{first}{second} place {number:04}", f"areas/{number}.html", "area")
               for number, (first, second) in enumerate((f, s) for f in "ab" for s in "cdefgh" for _ in range(300))]  # fmt: skip
    found = finding.shards(entries)
    assert {"ac", "ad", "bc"} <= set(found)
    assert "a" not in found
    for entry in entries:
        for word in finding.plain_words(entry.title):
            start = word[:1] if word[:1] in found else word[:2]
            assert entry in found[start]


def test_a_page_is_known_by_its_heading_and_an_embedded_one_is_not():
    assert finding.read_entry("areas/x.html", "<title>X – Y</title><h1>The <em>X</em> &amp; more</h1>") == Entry(
        "The X & more", "areas/x.html", "area"
    )
    assert finding.read_entry("areas/x.html", '<meta name="robots" content="noindex"><h1>X</h1>') is None
    assert finding.read_entry("search/a.js", "") is None


def test_names_are_listed_by_letter_and_every_letter_has_a_list():
    found = finding.letters([Entry("Ávila", "1", "area"), Entry("abel", "2", "area"), Entry("1st court", "3", "page")])
    assert [item.title for item in found["A"]] == ["abel", "Ávila"]
    assert [item.title for item in found["#"]] == ["1st court"]
    assert len(found) == 27
