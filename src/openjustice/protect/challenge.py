"""A public stress test: targets to find in a protected file, answers bound by a digest, and the scoring of claims."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from openjustice.ground import errors
from openjustice.linkage.columns import MISSING, Coded, Integers, pack
from openjustice.protect.attack import Success

FORMAT = "openjustice-challenge-1"
PROTECTED, TARGETS, CLAIMS, ABOUT = "protected.csv", "targets.csv", "claims.csv", "challenge.json"
YES, NO = "yes", "no"
Columns = Mapping[str, Coded]
Answer = dict[str, str]


@dataclass(frozen=True)
class Challenge:
    """A pack to publish, by name of file, and the answers to keep apart until it is over."""

    files: Mapping[str, str]
    answers: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """How good the claims on one question were: `beats_guessing` where they lie above what guessing reaches by chance."""

    question: str
    tries: int
    right: int
    rate: float
    low: float
    high: float
    guess_rate: float
    guess_high: float
    beats_guessing: bool


@dataclass(frozen=True)
class Scored:
    """The verdict on every question of a challenge. A winner beats guessing on at least one."""

    verdicts: tuple[Verdict, ...]

    @property
    def is_winner(self) -> bool:
        """Tell whether any claim beats guessing."""
        return any(item.beats_guessing for item in self.verdicts)

    def as_dict(self) -> dict[str, Any]:
        """Return this as plain values for JSON."""
        return {"verdicts": [asdict(item) for item in self.verdicts], "is_winner": self.is_winner}


def make(
    protected: Columns,
    truth: Columns,
    *,
    title: str,
    key: Sequence[str],
    wants: Sequence[str],
    link: str,
    targets: int,
    seed: int,
    salt: str,
) -> Challenge:
    """Choose targets among the true records, invent as many who are in none of them, and bind the answers by a digest.

    `link` is the column that both tables have and that says which protected record was made of which true one; it is in no
    file of the pack. The protected records are sorted by their values, so that their order says nothing. `salt` keeps the
    answers from being guessed from their digest; it is published with them at the end. Surprise: the key of a target is
    told in truth, so targets are people who consent, or invented ones. Raises ProtectionRefused with every fault.
    """
    _check(protected, truth, key=key, wants=wants, link=link, targets=targets)
    random = np.random.default_rng(seed)
    names = [name for name in protected if name != link]
    order = np.lexsort([protected[name].codes for name in reversed(names)])
    place_of = {_value(protected[link], row): place + 1 for place, row in enumerate(order.tolist())}
    inside = np.sort(random.choice(len(truth[link].codes), targets, replace=False))
    people = [
        (
            {name: _value(truth[name], row) for name in key},
            _answer(truth, row, wants=wants, place_of=place_of, link=link),
        )
        for row in inside.tolist()
    ]
    people += [
        (told, {"in_file": NO, "record": "", **dict.fromkeys(wants, "")})
        for told in _invent(truth, key, targets, random)
    ]
    mixed = [people[at] for at in random.permutation(len(people)).tolist()]
    answers = {str(at): answer for at, (_, answer) in enumerate(mixed, start=1)}
    files = {
        PROTECTED: _as_csv(["record", *names], [[str(at), *(_value(protected[n], row) for n in names)] for at, row in enumerate(order.tolist(), 1)]),
        TARGETS: _as_csv(["target", *key], [[str(at), *told.values()] for at, (told, _) in enumerate(mixed, 1)]),
        CLAIMS: _as_csv(["target", "in_file", "record", *wants], [[str(at), *[""] * (2 + len(wants))] for at in range(1, len(mixed) + 1)]),
    }  # fmt: skip
    kept = {
        "format": FORMAT, "salt": salt, "answers": answers, "usual": {name: _usual(truth[name]) for name in wants},
        "files": {name: digest_of(text) for name, text in files.items() if name != CLAIMS},
    }  # fmt: skip
    about = {
        "format": FORMAT, "title": title, "records": len(order), "targets": len(mixed), "key": list(key),
        "wants": list(wants), "files": kept["files"], "commitment": commit(kept), "how": HOW,
    }  # fmt: skip
    return Challenge(files=files | {ABOUT: _as_json(about)}, answers=kept)


HOW = (
    "Fill in claims.csv for as many targets as you like and leave the rest empty: in_file (yes or no), record (the number of the"
    " record that is the target's), and the values asked for. Half of the targets or so are in no record. The commitment is the"
    " SHA-256 of the answers as JSON (sorted keys, no spaces), which are published with their salt when the challenge is over."
)


def score(about: Mapping[str, Any], answers: Mapping[str, Any], claims: str, *, confidence: float = 0.95) -> Scored:
    """Score claims against the answers, question by question, each beside guessing.

    Guessing names a record at random, says the commoner of yes and no, or the most frequent value. Raises ProtectionRefused
    where the answers are not the ones that the pack committed to, or a claim names no target.
    """
    if about.get("commitment") != commit(answers) or about.get("files") != answers.get("files"):
        raise errors.ProtectionRefused.because(
            "answers_changed", "The answers are not the ones that the pack committed to.",
            way_out="Restore both from a copy; neither may change after publication.",
        )  # fmt: skip
    made = _read_claims(claims, about=about)
    true: Mapping[str, Answer] = answers["answers"]
    verdicts = []
    for question in ("in_file", "record", *about["wants"]):
        asked = {target: claim[question] for target, claim in made.items() if claim.get(question)}
        right = sum(true[target][question].strip() == said.strip() for target, said in asked.items())
        success = Success(tries=len(asked), right=right, guess=_guess(question, about, answers), confidence=confidence)
        verdicts.append(_verdict(question, success, right=right))
    return Scored(verdicts=tuple(verdicts))


def commit(answers: Mapping[str, Any]) -> str:
    """Return the digest that binds the answers."""
    return digest_of(json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _verdict(question: str, success: Success, *, right: int) -> Verdict:
    low, high = success.interval
    return Verdict(
        question=question,
        tries=success.tries,
        right=right,
        rate=round(success.rate, 6),
        low=round(low, 6),
        high=round(high, 6),
        guess_rate=round(success.guess, 6),
        guess_high=round(success.guess_interval[1], 6),
        beats_guessing=not success.is_guessing(advantage=0.0),
    )


def _guess(question: str, about: Mapping[str, Any], answers: Mapping[str, Any]) -> float:
    true: list[Answer] = list(answers["answers"].values())
    inside = sum(answer["in_file"] == YES for answer in true) / len(true)
    match question:
        case "in_file":
            return float(max(inside, 1 - inside))
        case "record":
            return inside / int(about["records"])
        case _:
            return float(answers["usual"][question]) * inside


def _read_claims(text: str, *, about: Mapping[str, Any]) -> dict[str, Answer]:
    rows = list(csv.DictReader(io.StringIO(text)))
    known = {str(at) for at in range(1, int(about["targets"]) + 1)}
    named = [str(row.get("target") or "").strip() for row in rows]
    if not set(named) <= known or len(set(named)) != len(named):
        raise errors.ProtectionRefused.because(
            "claims_unreadable", "The claims name a target that is not in the pack, or one twice.",
            way_out="Start from the pack's claims.csv: one line for each target, with its number.",
        )  # fmt: skip
    return {
        target: {name: (value or "").strip() for name, value in row.items() if name is not None and isinstance(value, str | None)}
        for target, row in zip(named, rows, strict=True)
    }  # fmt: skip


def _check(
    protected: Columns, truth: Columns, *, key: Sequence[str], wants: Sequence[str], link: str, targets: int
) -> None:
    faults = [
        errors.Fault(
            code="unknown_column", what=f"There is no column '{name}' in the {where} records.",
            way_out="Compare it with the header.", ask=errors.ProtectionRefused.who_must_act, place=errors.Place(field=name),
        )
        for where, table, names in (("protected", protected, [link]), ("true", truth, [link, *key, *wants]))
        for name in names
        if name not in table
    ]  # fmt: skip
    if not faults and not 0 < targets <= len(truth[link].codes):
        faults = [
            errors.Fault(
                code="too_few_records", what="There are fewer records than targets.", way_out="Ask for fewer targets.",
                ask=errors.ProtectionRefused.who_must_act,
            )
        ]  # fmt: skip
    if faults:
        raise errors.ProtectionRefused(faults)


def _answer(truth: Columns, row: int, *, wants: Sequence[str], place_of: Mapping[str, int], link: str) -> Answer:
    place = place_of.get(_value(truth[link], row))
    return {
        "in_file": YES if place else NO,
        "record": str(place or ""),
        **{name: _value(truth[name], row) if place else "" for name in wants},
    }


def _invent(truth: Columns, key: Sequence[str], people: int, random: np.random.Generator) -> list[dict[str, str]]:
    """Invent people by taking each variable of the key from another record; none has the key of a true one."""
    rows = len(next(iter(truth.values())).codes)
    drawn = [truth[name].codes[random.integers(0, rows, people * 20)] for name in key]
    both = pack([np.concatenate([truth[name].codes, codes]) + 1 for name, codes in zip(key, drawn, strict=True)])
    is_new = ~np.isin(both[rows:], both[:rows])
    chosen = np.flatnonzero(is_new)[:people]
    return [
        {name: _label(truth[name], int(codes[at])) for name, codes in zip(key, drawn, strict=True)}
        for at in chosen.tolist()
    ]


def _usual(values: Coded) -> float:
    counts: Integers = np.bincount(values.codes[values.codes != MISSING], minlength=1)
    return round(float(counts.max()) / max(int(counts.sum()), 1), 6)


def _value(values: Coded, row: int) -> str:
    return _label(values, int(values.codes[row]))


def _label(values: Coded, code: int) -> str:
    return "" if code == MISSING else values.labels[code]


def _as_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([head, *rows])
    return out.getvalue()


def _as_json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
