"""The laws of special populations: a stricter rule holds for its members, for nobody less, and marks nobody out."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from openjustice.ground import engine, errors
from openjustice.ground.terms import Plane
from openjustice.protect import plan
from unit.protect.test_plan_populations import (
    ONLY,
    STRICT,
    VICTIMS,
    YOUNG,
    people,
    persons,
    policy,
    protect,
    protect_persons,
    recoded,
)

PERSON = st.tuples(
    st.sampled_from([10, 30, 50, None]), st.sampled_from(["A", "B", "C", None]), st.sampled_from(["yes", "no", None])
)
PEOPLE = st.lists(PERSON, min_size=12, max_size=40)
SOME = settings(max_examples=20, deadline=None)


@given(rows=PEOPLE)
@SOME
def test_members_who_can_be_seen_have_their_own_k_and_others_theirs(rows):
    rows = [row for row in rows if row[0] is not None]
    rules = policy(young=STRICT | YOUNG)
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        try:
            done = protect(people(opened, *rows), rules)
        except errors.ProtectionRefused:
            young = sum(row[0] < 18 for row in rows)
            assert 0 < young < 6 or len(rows) - young < 2 or not rows
            return
        sizes = Counter((row["band"], row["area"]) for row in done.table.rows())
        assert done.table.row_count == len(rows)
    assert min(sizes.values()) >= 2
    assert all(size >= 6 for (band, _), size in sizes.items() if band == "00-17")


@given(rows=PEOPLE, members=st.lists(st.sampled_from(["yes", "no", None]), min_size=40, max_size=40))
@SOME
def test_the_file_is_the_same_whoever_belongs_where_it_does_not_say(rows, members):
    rules = policy(victims=STRICT | VICTIMS)
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        turned = [(*row[:2], other) for row, other in zip(rows, members, strict=False)]
        made = [protect(people(opened, *some, name=name), rules) for name, some in (("a", rows), ("b", turned))]
        assert made[0].table.digest() == made[1].table.digest()
        sizes = Counter((row["band"], row["area"]) for row in made[0].table.rows())
    assert min(sizes.values()) >= 6


@given(rows=PEOPLE, least=st.integers(2, 5))
@SOME
def test_what_is_kept_out_can_be_told_for_no_single_small_group(rows, least):
    """Whoever knows all regions but one subtracts: then none that has members is small, or another small one hides it."""
    rules = policy(minimum=least, young=ONLY | YOUNG, victims=ONLY | VICTIMS)
    regions = Counter(
        (None if age is None else age < 18, None if victim is None else victim == "yes")
        for age, _, victim in rows
        if age is None or age < 18 or victim != "no"
    )
    small = {name: count for name, count in regions.items() if count < least}
    leaks = any(True in name for name in small) and (len(small) == 1 or sum(small.values()) < least)
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        try:
            kept = plan.keep_for("microdata", records=people(opened, *rows), policy=rules)
        except errors.ProtectionRefused:
            assert leaks
        else:
            assert not leaks
            assert sum(kept.left_out.values()) == sum(regions.values())


@given(rows=st.lists(st.tuples(PERSON, st.sampled_from([f"p{at}" for at in range(12)])), min_size=8, max_size=40))
@SOME
def test_every_class_holds_k_persons_however_many_records_they_have(rows):
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        try:
            made = protect_persons(persons(opened, [(*row, who) for row, who in rows]), policy())
        except errors.ProtectionRefused:
            repeats = Counter(who for _, who in rows)
            turns = Counter(turn for times in repeats.values() for turn in range(times))
            assert min(turns.values()) < 2
            return
    people_in: dict[tuple[object, object], set[object]] = {}
    for row in made:
        people_in.setdefault((row["band"], row["area"]), set()).add(row["who"])
    assert len(made) == len(rows)
    assert min(len(found) for found in people_in.values()) >= 2


def test_the_helpers_recode_as_the_plan_does():
    with engine.open_memory(plane=Plane.CONFIDENTIAL) as opened:
        made = recoded(people(opened, (17, "A", None)), policy(young=STRICT | YOUNG)).rows()
    assert made == [{"band": "00-17", "area": "A", "belongs to young": "in"}]
