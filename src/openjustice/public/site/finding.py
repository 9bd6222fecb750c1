"""Makes the search and the lists from A to Z over areas, agencies, indicators, datasets and pages, without a server."""

from __future__ import annotations

import html
import json
import re
import string
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openjustice.public.publish.language import Said, noted, say
from openjustice.public.site.portal import Portal
from openjustice.public.site.rendering import Page, make_page

# A shard that is larger is split by one letter more, so that no answer waits for many unrelated names.
LARGEST_SHARD = 40_000
FOLDER = "search"
KINDS = Said(
    {
        "area": (noted("Place"),),
        "agency": (noted("Agency"),),
        "indicator": (noted("Indicator"),),
        "dataset": (noted("Dataset"),),
        "page": (noted("Page"),),
    }
)
_TITLE = re.compile(r"<title>(.*?)(?: – [^<]*)?</title>", re.DOTALL)
_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")

Render = Callable[..., Any]


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: its name, its page from the language's root, its kind, and more words to find it by."""

    title: str
    path: str
    kind: str
    words: str = ""


def read_entry(path: str, text: str) -> Entry | None:
    """Return the entry of a page as it was made; none for what is no page, is part of another, or asks not to be found."""
    if not path.endswith(".html") or 'content="noindex"' in text[:3000] or path.startswith(("compare/", "data/")):
        return None
    found = _HEADING.search(text) or _TITLE.search(text)
    if found is None:
        return None
    title = " ".join(html.unescape(_TAG.sub("", found[1])).split())
    return Entry(title, path, _kind(path))


def _kind(path: str) -> str:
    folder, _, rest = path.partition("/")
    kinds = {"areas": "area", "indicators": "indicator", "datasets": "dataset"}
    is_single = rest != "index.html" and not rest.endswith("dictionary.html")
    return kinds.get(folder, "page") if is_single and rest else "page"


def agencies(portal: Portal) -> Iterator[Entry]:
    """Yield each agency of the releases' code lists that stands in an area: it is found under its name, at its area."""
    places = {area.code: area for area in portal.areas}
    seen: set[str] = set()
    for release in portal.newest.values():
        for codelist in release.content.codelists.values():
            for code in codelist.codes:
                area = next((places[str(value)] for value in code.attributes.values() if str(value) in places), None)
                if area and code.label not in seen and code.code not in places:
                    seen.add(code.label)
                    yield Entry(code.label, f"areas/{area.slug}.html", "agency", f"{area.label} {code.code}")


def shards(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Return the entries by the first letter of each of their words, or the first two where one letter has too many."""
    by_letter = _by_start(entries, 1)
    made: dict[str, list[Entry]] = {}
    for letter, found in sorted(by_letter.items()):
        if len(_as_json(found)) <= LARGEST_SHARD:
            made[letter] = found
        else:
            finer = _by_start(found, 2)
            made |= {start: items for start, items in sorted(finer.items()) if start.startswith(letter)}
    return made


def _by_start(entries: Iterable[Entry], length: int) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for start in dict.fromkeys(word[:length] for word in plain_words(f"{entry.title} {entry.words}")):
            found[start].append(entry)
    return dict(found)


def plain_words(text: str) -> list[str]:
    """Return the words of a text without accents and capitals, as the search compares them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def shard_file(start: str, entries: Sequence[Entry]) -> str:
    """Return a shard as a script that hands its entries over: a script can be read from a folder too, where nothing is served."""
    return f"justiceSearch({json.dumps(start)},{_as_json(entries)});\n"


def _as_json(entries: Sequence[Entry]) -> str:
    rows = [[item.title, item.path, item.kind, item.words] for item in entries]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def kind_words() -> dict[str, str]:
    """Return the word for each kind of entry in the language that is spoken."""
    return {kind: KINDS[kind][0] for kind in KINDS}


def letters(entries: Sequence[Entry]) -> Mapping[str, list[Entry]]:
    """Return the entries by the first letter of their names, each list in order; what begins with no letter stands under #.

    Every letter is there, so that each language has the same pages.
    """
    found: dict[str, list[Entry]] = {letter: [] for letter in f"#{string.ascii_uppercase}"}
    for entry in sorted(entries, key=lambda item: (plain_words(item.title), item.path)):
        first = "".join(plain_words(entry.title))[:1]
        found[first.upper() if first.isalpha() else "#"].append(entry)
    return found


def letter_path(letter: str) -> str:
    """Return the page of a letter."""
    return f"a-z/{'0' if letter == '#' else letter.lower()}.html"


def search_words() -> dict[str, str]:
    """Return what the script says, in the language that is spoken."""
    return {
        "none": say("Nothing was found. Try fewer letters, or the list from A to Z."),
        "one": say("1 result"),
        "many": say("# results"),
        "most": say("More than # results; the first # are shown."),
    }


def finding_pages(portal: Portal, entries: Sequence[Entry]) -> Iterator[tuple[Page, float]]:
    """Yield the search, its lists by first letters, and the lists from A to Z."""
    parts = shards(entries)
    kinds = kind_words()
    yield (
        make_page(
            portal,
            "search.html",
            "search.html",
            here="search",
            words=json.dumps(search_words(), ensure_ascii=False),
            kinds=json.dumps(kinds, ensure_ascii=False),
            starts=" ".join(parts),
        ),
        0.1,
    )
    for start, found in parts.items():
        yield Page(f"{FOLDER}/{start}.js", shard_file(start, found)), 0.5
    listed = letters(entries)
    paths = {letter: letter_path(letter).removeprefix("a-z/") for letter in listed}
    for letter, path in (("", "index.html"), *paths.items()):
        given = {"letter": letter, "letters": listed, "paths": paths, "kinds": kinds}
        yield make_page(portal, f"a-z/{path}", "letters.html", here="search", **given), 1.0
