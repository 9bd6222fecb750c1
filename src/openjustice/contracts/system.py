"""What a data system is: who may ask for its records under which statute, what they must show, and for how long a license runs.

Everything that a jurisdiction may change stands here and nowhere in code. What nobody has confirmed says so: `to_confirm`.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, model_validator
from pydantic import Field as Key

from openjustice.contracts.declaration import Declaration, Declared
from openjustice.ground import errors

Status = Literal["confirmed", "to_confirm"]


def _in_english(words: MappingType[str, str]) -> MappingType[str, str]:
    if not words.get("en", "").strip():
        raise ValueError("words are given by language, in English (en) at least")
    return words


Words = Annotated[MappingType[str, str], AfterValidator(_in_english)]


def say(words: MappingType[str, str], language: str) -> str:
    """Return words in a language; in English where that language has none."""
    return words.get(language) or words["en"]


class Kind(StrEnum):
    """Says what a required item is. A kind that is not here needs a person to decide what it would mean."""

    FINGERPRINT_CHECK = "fingerprint_check"
    NOTARY_IDENTITY = "notary_identity"
    IRB_APPROVAL = "irb_approval"
    CURRICULUM_VITAE = "curriculum_vitae"
    HUMAN_SUBJECTS_TRAINING = "human_subjects_training"
    CONDITIONS_OF_RELEASE = "conditions_of_release"


class Of(StrEnum):
    """Says of whom an item is asked: once for the application, of the principal investigator, or of everybody on the team."""

    APPLICATION = "application"
    PRINCIPAL_INVESTIGATOR = "principal_investigator"
    EVERY_MEMBER = "every_member"


class Evidence(StrEnum):
    """Says what shows that an item is there: a document, a reference number that the verifier looks up, or a statement signed here."""

    DOCUMENT = "document"
    REFERENCE = "reference"
    STATEMENT = "statement"


class Requirement(Declared):
    """One item that an application must show.

    `valid_months`: how long it holds from the day it was made; `states_its_end`: the paper itself says until when; neither:
    it does not expire. `statement`: what is signed, where the evidence is a statement.
    """

    kind: Kind
    title: Words
    says: Words
    of: Of
    evidence: Evidence
    verifier: Literal["reviewer", "decider"]
    valid_months: int | None = Key(default=None, ge=1)
    states_its_end: bool = False
    statement: Words | None = None
    status: Status

    @model_validator(mode="after")
    def _check(self) -> Requirement:
        if (self.evidence is Evidence.STATEMENT) != (self.statement is not None):
            raise ValueError("a statement to sign has its words under 'statement', and nothing else has")
        if self.valid_months and self.states_its_end:
            raise ValueError("an item holds for 'valid_months' or until the end it states, not both")
        return self


class Asker(Declared):
    """A kind of body that may ask."""

    title: Words
    status: Status = "confirmed"


class Statute(Declared):
    """The law that lets the records be given."""

    citation: str
    says: Words
    status: Status


class Question(Declared):
    """One question of the application form."""

    title: Words
    says: Words | None = None
    kind: Literal["line", "text", "choice", "yes_no"]
    required: bool = True
    most: int = Key(default=4000, ge=1)
    choices: MappingType[str, Words] = Key(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Question:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("a choice has its 'choices', and no other kind has")
        return self


class Form(Declared):
    """The questions of a system; an application keeps the version it was begun with."""

    version: int = Key(ge=1)
    questions: MappingType[str, Question] = Key(min_length=1)


class Step(Declared):
    """One step of the review: what is done, by whom, within how many days."""

    step: Literal["completeness", "assessment", "decision", "answer"]
    by: Literal["reviewer", "decider", "researcher"]
    days: int = Key(ge=1)
    says: Words


class Review(Declared):
    """How an application is reviewed, with its clock, and the reasons for which it may be refused."""

    steps: tuple[Step, ...]
    reasons: MappingType[str, Words] = Key(min_length=1)
    status: Status

    @model_validator(mode="after")
    def _check(self) -> Review:
        if sorted(item.step for item in self.steps) != ["answer", "assessment", "completeness", "decision"]:
            raise ValueError("each of completeness, assessment, decision and answer is a step, once")
        return self

    def days(self, step: str) -> int:
        """Return how many days a step may take."""
        return next(item.days for item in self.steps if item.step == step)


class Destruction(Declared):
    """What is owed at the end: a certificate for each copy, by when, and what is signed.

    `chase_days`: on which days after that it is asked for again; then every `chase_every_days`, until it is given.
    """

    due_days: int = Key(ge=1)
    chase_days: tuple[int, ...] = Key(min_length=1)
    chase_every_days: int = Key(ge=1)
    methods: MappingType[str, Words] = Key(min_length=1)
    statement: Words

    @model_validator(mode="after")
    def _check(self) -> Destruction:
        if tuple(sorted(set(self.chase_days))) != self.chase_days:
            raise ValueError("the days on which a certificate is asked for again are told once each, in order")
        return self

    def chase_day(self, number: int) -> int:
        """Return how many days after the due day the certificate is asked for again, the first time being number 0."""
        if number < len(self.chase_days):
            return self.chase_days[number]
        return self.chase_days[-1] + self.chase_every_days * (number - len(self.chase_days) + 1)


class LicenseRules(Declared):
    """For how long a license runs and how it ends.

    `renewal_opens_days` and `reminders_days` are counted back from the end, `chase_days` from the day a certificate is due.
    Days begin and end in `time_zone`.
    """

    term_years: int = Key(ge=1)
    time_zone: str
    renewal_opens_days: int = Key(ge=1)
    reminders_days: tuple[int, ...] = Key(min_length=1)
    destruction: Destruction
    status: Status

    @model_validator(mode="after")
    def _check(self) -> LicenseRules:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("the time zone is not one of the time-zone database") from None
        if tuple(sorted(set(self.reminders_days), reverse=True)) != self.reminders_days:
            raise ValueError("reminders are told once each, from the earliest to the last before the end")
        if self.renewal_opens_days >= 365 * self.term_years:
            raise ValueError("renewal opens within the term")
        return self


class Delivery(Declared):
    """What is given and how: datasets, the tier of their policies, how long a link holds, how many of the questions' copies."""

    datasets: tuple[str, ...] = ()
    tier: Literal["researcher"] = "researcher"
    link_hours: int = Key(ge=1, le=72)


class Attachments(Declared):
    """Which files may be attached, how large, and how many times their packed size they may unpack to."""

    types: tuple[Literal["pdf", "png", "jpeg", "docx"], ...] = Key(min_length=1)
    most_bytes: int = Key(ge=1)
    most_ratio: int = Key(ge=1)


class System(Declared):
    """One data system: whoever wants its records finds here what to bring and what to expect."""

    system: str
    acronym: str
    version: int = Key(ge=1)
    title: Words
    says: Words
    statute: Statute
    askers: MappingType[str, Asker] = Key(min_length=1)
    limits: tuple[Words, ...] = ()
    requirements: MappingType[str, Requirement] = Key(min_length=1)
    form: Form
    review: Review
    license: LicenseRules
    delivery: Delivery
    attachments: Attachments

    @property
    def to_confirm(self) -> tuple[str, ...]:
        """Return the places of this declaration that nobody has confirmed."""
        places = [("statute", self.statute.status), ("review", self.review.status), ("license", self.license.status)]
        places += [(f"askers.{name}", item.status) for name, item in self.askers.items()]
        places += [(f"requirements.{name}", item.status) for name, item in self.requirements.items()]
        return tuple(place for place, status in places if status == "to_confirm")


def find_faults(file: Declaration, system: System, *, datasets: MappingType[str, object]) -> list[errors.Fault]:
    """Return what contradicts something else: the file's name, datasets that are not collected here."""
    faults = []
    if system.system != file.path.stem:
        faults.append(file.fault("name_differs", "A data system is named as its file.", at=("system",)))
    for index, name in enumerate(system.delivery.datasets):
        if name not in datasets:
            at = ("delivery", "datasets", index)
            faults.append(
                file.fault(
                    "unknown_dataset", f"No dataset '{name}' is declared here.", at=at, way_out="Correct its name."
                )
            )
    return faults
