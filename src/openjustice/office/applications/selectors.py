"""Reads applications: the ones of a person, the ones that wait, and one in the rulebook's form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from openjustice.contracts import registry
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.system import System, say
from openjustice.ground.calendar import day_of
from openjustice.office.accounts.models import Account
from openjustice.office.applications.models import Application, Paper
from openjustice.office.applications.rules import case, completeness
from openjustice.office.applications.rules.case import Actor
from openjustice.office.desk.middleware import OfficeRequest


@dataclass(frozen=True)
class Item:
    """One required item as a page shows it."""

    need: str
    title: str
    says: str
    who: str
    systems: str
    standing: str
    ends_on: date | None
    mine: bool
    reference: str
    paper: Paper | None
    note: str
    account: str


@lru_cache(maxsize=4)
def _load(folders: tuple[str, ...]) -> dict[str, Jurisdiction]:
    return registry.load_registry([registry.shipped_registry(), *map(Path, folders)]).jurisdictions


def jurisdictions() -> dict[str, Jurisdiction]:
    """Return the jurisdictions that have data systems, as the registry declares them."""
    found = _load(tuple(map(str, settings.REGISTRY)))
    return {name: item for name, item in found.items() if item.systems}


def find_systems(names: Iterable[str]) -> tuple[str, tuple[System, ...]]:
    """Return the jurisdiction and the systems of `jurisdiction/system` names; an empty name where they are of several."""
    known = jurisdictions()
    pairs = [name.partition("/")[::2] for name in names]
    places = {place for place, _ in pairs}
    if len(places) != 1 or not places <= known.keys():
        return "", ()
    place = places.pop()
    return place, tuple(known[place].systems[name] for _, name in pairs if name in known[place].systems)


def actor_of(request: OfficeRequest) -> Actor:
    """Return who asks, as the rulebook knows them."""
    return Actor(account=str(request.user.pk), roles=frozenset(request.roles))


def read(row: Application) -> case.Application:
    """Return an application in the rulebook's form."""
    return case.Application.model_validate_json(row.content)


def find(number: int, *, actor: Actor) -> tuple[Application, case.Application]:
    """Return an application that this person may see; raises Http404 where there is none, or it is not for them."""
    row = Application.objects.filter(pk=number).first()
    if row is None:
        raise Http404
    held = read(row)
    if not case.may_see(held, actor):
        raise Http404
    return row, held


def find_paper(number: int, paper: int, *, actor: Actor) -> Paper:
    """Return a paper of an application that this person may see; one's own, or all of them for who reviews and decides."""
    row, held = find(number, actor=actor)
    found = Paper.objects.filter(pk=paper, application=row).first()
    is_theirs = found is not None and str(found.account_id) == actor.account
    judges = case.positions(held, actor) & {"reviewer", "decider", "researcher"}
    if found is None or not (is_theirs or judges):
        raise Http404
    return found


def own(account: Account) -> QuerySet[Application]:
    """Return the applications on whose team somebody is, newest first."""
    return Application.objects.filter(seats__account=account).order_by("-pk")


def waiting(roles: Iterable[str], *, account: Account) -> QuerySet[Application]:
    """Return the applications that wait for reviewers or deciders, the longest overdue first; never somebody's own."""
    states = {"reviewer": ("submitted", "under_review"), "decider": ("recommended", "appealed")}
    wanted = [state for role in roles for state in states.get(role, ())]
    return Application.objects.filter(state__in=wanted).exclude(seats__account=account).order_by("due_at", "pk")


def seen(roles: Iterable[str], *, account: Account) -> QuerySet[Application]:
    """Return every submitted application that somebody who reviews or decides may look at."""
    if not {"reviewer", "decider"} & set(roles):
        return Application.objects.none()
    return Application.objects.exclude(submitted_at=None).exclude(seats__account=account).order_by("-pk")


def today(held: case.Application, *, at: datetime) -> date:
    """Return the local day of a moment where the systems of an application are."""
    return day_of(at, zone=held.systems[0].license.time_zone)


def names_of(accounts: Iterable[str]) -> dict[str, str]:
    """Return the names of accounts by their numbers."""
    found = Account.objects.filter(pk__in=[int(item) for item in accounts if item.isdigit()])
    return {str(item.pk): item.name for item in found}


def items_of(row: Application, held: case.Application, *, actor: Actor, at: datetime, language: str) -> list[Item]:
    """Return every required item with its standing."""
    names = names_of(held.accounts)
    papers = {str(item.pk): item for item in row.papers.all()}
    acronyms = {item.system: item.acronym for item in held.systems}
    day, made = today(held, at=at), []
    for need in held.needs:
        there = held.brought_for(need.need)
        paper = papers.get(there.attachment or "") if there else None
        made.append(
            Item(
                need=need.need, title=say(need.requirement.title, language), says=say(need.requirement.says, language),
                who=names.get(need.account, ""), systems=", ".join(acronyms[name] for name in need.systems),
                standing=_standing(need, there, on=day), ends_on=completeness.end_of(need, there) if there else None,
                mine=actor.account == (need.account or held.investigator), reference=there.reference if there else "",
                paper=paper, note=there.note if there else "", account=need.account,
            )
        )  # fmt: skip
    return made


def _standing(need: case.Need, there: case.Brought | None, *, on: date) -> str:
    if there is None:
        return "wanting"
    if there.found != "rejected" and not completeness.holds(need, there, on=on):
        return "expired_item"
    return there.found or "brought"
