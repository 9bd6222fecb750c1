"""The change set between two releases names every number that changed, and the version says whether a program may break."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from openjustice.contracts.release import ProductKind
from openjustice.public.publish import changes
from openjustice.public.publish.changes import Kind
from openjustice.public.publish.content import Content, Dataframe
from openjustice.public.publish.published import PublishedRelease

TABLE = "deaths_rate__by_county"


@pytest.fixture
def content(contents: tuple[Content, ...]) -> Content:
    """Give the newest release of the deaths."""
    return contents[-1]


def changed_table(content: Content, **update: Any) -> Content:
    """Return the release with one of its tables changed."""
    frames = tuple(replace(frame, **update) if frame.id == TABLE else frame for frame in content.frames)
    return replace(content, frames=frames)


def changed_row(content: Content, place: int, **update: Any) -> Content:
    rows = [dict(row) for row in table_of(content).rows]
    rows[place] |= update
    return changed_table(content, rows=rows)


def table_of(content: Content) -> Dataframe:
    return next(frame for frame in content.frames if frame.id == TABLE)


def test_the_late_deaths_of_one_year_and_county_are_all_that_changed(published: tuple[PublishedRelease, ...]):
    release = published[-1]
    assert release.version == "1.1.0"
    assert release.changed is not None
    assert {item.kind for item in release.changed.cells} == {Kind.REVISED}
    keys = [dict(item.key) for item in release.changed.cells]
    assert {key.get("death_year", "2022") for key in keys} == {"2022", "_T"}
    assert {key.get("county", "01") for key in keys} == {"01", "_T"}
    counts = {item.table: item for item in release.changed.cells if item.column == "numerator"}
    assert all(item.after - item.before == 3 for item in counts.values())
    [(name, before, after)] = release.changed.records
    assert (name, after - before) == ("custody_deaths", 3)


def test_the_first_release_has_no_change_set(published: tuple[PublishedRelease, ...]):
    assert [(item.version, item.changed) for item in published[:2]] == [("1.0.0", None)] * 2
    assert published[0].file("changes.csv") is None


def test_equal_releases_have_no_change(content: Content):
    assert changes.compare(content, content).is_empty


@pytest.mark.parametrize(
    ("update", "kind", "version"),
    [
        ({"value": 9.9}, Kind.REVISED, "1.3.0"),
        ({"value": None, "value_marker": "c"}, Kind.WITHDRAWN, "2.0.0"),
        ({"status_marker": "r"}, Kind.MARKED, "1.3.0"),
    ],
)
def test_a_changed_number_is_named_by_what_happened_to_it(
    content: Content, update: dict[str, Any], kind: Kind, version: str
):
    made = changes.compare(content, changed_row(content, 0, **update))
    assert made.counts[kind] == 1
    assert {item.key for item in made.cells} == {(("county", "01"),)}
    assert changes.next_version("1.2.3", made) == version


def test_a_number_that_was_withheld_and_is_shown_now_is_no_revision(content: Content):
    place = next(place for place, row in enumerate(table_of(content).rows) if row["value_marker"] == "c")
    made = changes.compare(content, changed_row(content, place, value=1.0, value_marker=None))
    assert made.counts[Kind.SHOWN] == 1
    assert made.counts[Kind.REVISED] == 0


def test_rows_that_come_are_minor_and_rows_that_go_are_major(content: Content):
    fewer = changed_table(content, rows=table_of(content).rows[1:])
    come, gone = changes.compare(fewer, content), changes.compare(content, fewer)
    assert (come.counts[Kind.ADDED], come.is_major, come.is_minor) == (1, False, True)
    assert (gone.counts[Kind.REMOVED], gone.is_major) == (1, True)


def test_tables_columns_and_codes_that_go_are_major(content: Content):
    without_table = replace(content, frames=content.frames[1:])
    without_column = changed_table(
        content, columns=tuple(column for column in table_of(content).columns if column.name != "coverage")
    )
    county = content.variables["county"]
    fewer = replace(county, labels={code: label for code, label in county.labels.items() if code != "12"})
    without_code = replace(content, variables={**content.variables, "county": fewer})
    for changed in (without_table, without_column, without_code):
        assert changes.compare(content, changed).is_major
        back = changes.compare(changed, content)
        assert not back.is_major
        assert back.is_minor
    assert changes.compare(content, without_code).codes_removed == (("county", "12"),)


def test_a_column_of_another_type_is_major(content: Content):
    columns = tuple(
        replace(column, type="VARCHAR") if column.name == "coverage" else column for column in table_of(content).columns
    )
    made = changes.compare(content, changed_table(content, columns=columns))
    assert made.columns_retyped == ((TABLE, "coverage"),)
    assert changes.next_version("4.1.0", made) == "5.0.0"


def test_words_alone_are_a_patch(content: Content):
    made = changes.compare(content, changed_table(content, title="Another title"))
    assert made.words == (TABLE,)
    assert changes.next_version("1.2.3", made) == "1.2.4"


def test_records_of_people_are_compared_by_their_number_alone(content: Content):
    frames = tuple(
        replace(frame, rows=frame.rows[:-1]) if frame.kind is ProductKind.MICRODATA else frame
        for frame in content.frames
    )
    made = changes.compare(content, replace(content, frames=frames))
    assert made.cells == ()
    assert made.records[0][1] - made.records[0][2] == 1


def test_a_dataset_without_persons_is_compared_by_its_key(contents: tuple[Content, ...]):
    context = contents[0]
    rows = [dict(row) for row in context.frames[0].rows]
    rows[3]["population"] += 1
    made = changes.compare(context, replace(context, frames=(replace(context.frames[0], rows=rows),)))
    assert [(item.key, item.column) for item in made.cells] == [((("county", "04"),), "population")]


def test_the_changes_are_written_for_people_and_for_programs(published: tuple[PublishedRelease, ...]):
    release = published[-1]
    assert release.changed is not None
    lines = list(csv.DictReader(io.StringIO(changes.as_csv(release.changed))))
    assert len(lines) == len(release.changed.cells)
    first = next(line for line in lines if line["table"] == "deaths_count__by_year" and line["column"] == "value")
    assert first["cell"] == "death_year=2022"
    assert int(first["after"]) - int(first["before"]) == 3
    told = json.loads(json.dumps(changes.as_json(release.changed, version=release.version)))
    assert told["version"] == "1.1.0"
    assert told["cells"]["revised"] == release.changed.counts[Kind.REVISED]
    assert {file.name for file in release.files} >= {"changes.csv", "changes.json"}
