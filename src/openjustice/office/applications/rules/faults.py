"""The refusals of the rulebooks: a code, a sentence, the way out, and the field of the page; never what somebody wrote."""

from __future__ import annotations

from openjustice.ground import errors
from openjustice.office.applications.rules.completeness import Lack


def fault(code: str, what: str, way_out: str, *, field: str = "") -> errors.Fault:
    """Make one fault of a rulebook; `field` is the name of the field of the page where it is put right."""
    return errors.Fault(
        code=code, what=what, way_out=way_out, ask=errors.AccessRefused.who_must_act,
        place=errors.Place(field=field or None),
    )  # fmt: skip


def of_lack(item: Lack) -> errors.Fault:
    """Return what is missing as a fault."""
    made = {
        "asker_wanting": fault("asker_wanting", "It is not said who asks.", "Choose the kind of body.", field=item.where),
        "answer_wanting": fault("answer_wanting", "A question has no answer.", "Answer it.", field=item.where),
        "answer_wrong": fault("answer_wrong", "An answer does not fit its question.", "Correct it.", field=item.where),
        "member_waits": fault("member_waits", "Somebody invited has not accepted yet.", "Ask them, or remove them.", field=item.where),
        "item_wanting": fault("item_wanting", "An item is missing.", "Bring it.", field=item.where),
        "item_rejected": fault("item_rejected", "An item was looked at and is not what it should be.", "Bring another.", field=item.where),
        "item_expired": fault("item_expired", "An item holds no more.", "Bring a newer one.", field=item.where),
        "item_not_verified": fault("item_not_verified", "An item was not verified.", "Have it verified.", field=item.where),
        "license_suspended": fault("license_suspended", "A license of somebody on the team is suspended.", "Have it reinstated, or remove them.", field=item.where),
    }  # fmt: skip
    return made[item.code]


def of_item(code: str, *, field: str) -> errors.Fault:
    """Return what is wrong with the form of an item that was brought as a fault."""
    made = {
        "evidence_wanting": fault("evidence_wanting", "The evidence is wanting.", "Attach the paper, give the number, or sign.", field=field),
        "made_in_future": fault("made_in_future", "The day of the paper lies in the future.", "Correct the day.", field=field),
        "end_wanting": fault("end_wanting", "The day on which the paper ends is wanting, or lies before it was made.", "Give the day.", field=field),
    }  # fmt: skip
    return made[code]


def of_answer(code: str, *, field: str) -> errors.Fault:
    """Return what is wrong with an answer as a fault."""
    made = {
        "too_long": fault("answer_too_long", "This answer is too long.", "Shorten it.", field=field),
        "unknown_choice": fault(
            "unknown_choice", "This is not one of the choices.", "Choose one of them.", field=field
        ),
    }
    return made[code]
