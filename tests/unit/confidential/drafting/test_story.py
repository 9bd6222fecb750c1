"""The story of a table tells every statement and withholds every count before protection."""

from __future__ import annotations

from openjustice.confidential.drafting import story
from openjustice.ground import engine
from openjustice.ground.terms import Plane


def test_a_story_reaches_through_the_label_to_the_records_and_withholds_their_number():
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        records = opened.make_table(
            "records", columns={"a": "BIGINT"}, rows=[(1,), (2,), (2,)], plane=Plane.CONFIDENTIAL
        )
        counted = opened.derive("counted", "SELECT a, count(*) AS n FROM r GROUP BY a", inputs={"r": records})
        protected = opened.lower_label(counted, to=Plane.PROTECTED, reason="a test")
        rated = opened.derive("rated", "SELECT n / $per AS v FROM c", inputs={"c": protected}, parameters={"per": 10})
        opened.derive("other", "SELECT * FROM r", inputs={"r": records})
        trace = story.make_trace(opened.trace.steps, tables={"rated": rated})
    told = [(step["kind"], step["rows"]) for step in trace["steps"]]
    assert told == [("values", None), ("statement", None), ("label", 2), ("statement", 2)]
    steps = engine.read_steps(trace["steps"])
    assert engine.story_of(steps, trace["tables"]["rated"]) == steps
    assert steps[-1].parameters == (("per", "10"),)


def test_a_seed_is_not_told():
    step = engine.Step(
        makes="a", kind="method", statement="", inputs=(), parameters=(("seed", "1"), ("k", "5")), rows=3
    )
    assert story.tell_publicly([step])[0].parameters == (("k", "5"),)


def test_a_table_made_from_an_open_and_a_closed_one_is_closed():
    label = engine.Step(makes="open", kind="label", statement="", inputs=(), parameters=(), rows=3)
    mixed = engine.Step(
        makes="mixed", kind="statement", statement="", inputs=(("open", "o"), ("closed", "c")), parameters=(), rows=3
    )
    assert [step.rows for step in story.tell_publicly([label, mixed])] == [3, None]
