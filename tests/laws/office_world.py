"""A small office for laws about lifecycles: a few people in every role, applications, licenses, a clock that goes forward.

Every step is drawn by `choose`, so that Hypothesis and a seeded generator can both drive it. Each act is tried by anybody in any
state, sensible or not; what the rulebook lets happen is compared with the tables, and what it refuses must change nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from openjustice.contracts import registry
from openjustice.contracts.system import Evidence, System
from openjustice.ground import errors
from openjustice.ground.calendar import day_of
from openjustice.ground.lifecycle import Lifecycle
from openjustice.office.applications.rules import acts, case, completeness
from openjustice.office.applications.rules.acts import Event
from openjustice.office.applications.rules.case import Actor, Application
from openjustice.office.applications.rules.lifecycle import APPLICATION
from openjustice.office.licenses.rules import acts as license_acts
from openjustice.office.licenses.rules import grant
from openjustice.office.licenses.rules.grant import Copy, License
from openjustice.office.licenses.rules.lifecycle import LICENSE

Choose = Callable[[Sequence[Any]], Any]
BEGUN = datetime(2027, 11, 1, 17, tzinfo=UTC)
ZONE = "America/Los_Angeles"
PEOPLE = (
    Actor("ada", frozenset({"researcher", "team_member"})),
    Actor("ben", frozenset({"team_member"})),
    Actor("cleo", frozenset({"researcher", "reviewer", "team_member"})),
    Actor("dan", frozenset({"reviewer"})),
    Actor("eve", frozenset({"decider", "reviewer"})),
    Actor("fay", frozenset({"decider"})),
    Actor("gus", frozenset({"decider"})),
    Actor("hal", frozenset({"steward"})),
    Actor("ida", frozenset({"agency_clerk"})),
    case.HOUSE_ITSELF,
)
WAITS = (
    timedelta(0),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=9),
    timedelta(days=70),
    timedelta(days=200),
    timedelta(days=400),
)


def read_systems(*names: str, jurisdiction: str = "california") -> tuple[System, ...]:
    """Return data systems of the shipped registry."""
    found = registry.load_registry(only=[jurisdiction]).jurisdiction(jurisdiction).systems
    return tuple(found[name] for name in names)


@dataclass
class World:
    """What there is in the office, and everything that was written to its audit log."""

    systems: tuple[System, ...]
    choose: Choose
    now: datetime = BEGUN
    applications: dict[str, Application] = field(default_factory=dict)
    licenses: dict[str, License] = field(default_factory=dict)
    log: dict[str, list[Event]] = field(default_factory=dict)
    done: int = 0
    refused: int = 0

    def begin_with_licenses(self) -> None:
        """Have one application approved, its items fresh, so that the sequence is about its licenses."""
        made = acts.begin("A-1", jurisdiction="california", systems=self.systems, actor=PEOPLE[0], at=self.now)
        self._keep_application(None, made)
        drawn, self.choose = self.choose, lambda given: given[0]
        for _ in range(4):
            self.further("A-1")
        self.choose = drawn
        assert self.licenses

    def step(self) -> None:
        """Do one thing: begin an application, act on one, act on a license, or let time go by."""
        kinds = (
            ["application"] * 8
            + ["license"] * 12 * bool(self.licenses)
            + ["next", "next", "time", "begin", "plan", "plan"]
        )
        match self.choose(kinds):
            case "application" if self.applications:
                self.act_on_application(self.choose(sorted(self.applications)))
            case "license":
                self.act_on_license(self.choose(sorted(self.licenses)))
            case "time":
                self.wait(self.choose(WAITS))
            case "next":
                moments = [moment for item in self.licenses.values() if (moment := grant.next_moment(item))]
                self.wait(max(min(moments, default=self.now) - self.now, timedelta(0)))
            case "plan" if self.applications:
                self.further(self.choose(sorted(self.applications)))
            case _:
                self.begin()

    def begin(self) -> None:
        """Let somebody begin an application for one system or several."""
        if len(self.applications) >= 3:
            return
        actor = self.choose(PEOPLE)
        systems = self.systems[: self.choose([1, len(self.systems)])]
        number = f"A-{len(self.applications) + 1}"
        try:
            made = acts.begin(number, jurisdiction="california", systems=systems, actor=actor, at=self.now)
        except errors.AccessRefused:
            assert "researcher" not in actor.roles
            self.refused += 1
            return
        assert "researcher" in actor.roles
        self._keep_application(None, made)

    def further(self, number: str) -> None:
        """Help an application on: everything its team can bring is brought, everything a reviewer can verify is verified."""
        for actor, act, arguments in self._way_on(self.applications[number]):
            self._try_application(number, act, actor, arguments)

    def _way_on(self, held: Application) -> list[tuple[Actor, str, dict[str, Any]]]:
        by_name = {person.account: person for person in PEOPLE}
        today = day_of(self.now, zone=ZONE)
        match held.state:
            case "draft" | "returned":
                team: list[tuple[Actor, str, dict[str, Any]]] = [
                    (by_name[item.account], "accept", {}) for item in held.members if not item.accepted_at
                ]
                brought = [
                    (by_name[need.account or held.investigator], "bring", _evidence(need, today=today))
                    for need in held.needs
                ]
                answers = dict.fromkeys(completeness.questions(held), "Words")
                askers = {item.system: next(iter(item.askers)) for item in held.systems}
                me = by_name[held.investigator]
                ends = (
                    ("submit", {"today": today})
                    if held.state == "draft"
                    else ("answer", {"text": "so", "today": today})
                )
                return [*team, *brought, (me, "fill", {"answers": answers, "askers": askers}), (me, *ends)]
            case "submitted":
                return [(by_name["dan"], "begin", {})]
            case "under_review":
                checks = [(by_name["dan"], "verify", {"need": need.need, "today": today}) for need in held.needs]
                return [*checks, (by_name["dan"], "recommend", {})]
            case "recommended":
                denied = {item.system: ("not_eligible",) for item in held.systems}
                act = self.choose(["approve", "approve", "deny"])
                return [(by_name["fay"], act, {"denied": {} if act == "approve" else denied, "words": "so"})]
            case _:
                return []

    def act_on_application(self, number: str) -> None:
        """Let anybody try any act of the lifecycle on an application."""
        held = self.applications[number]
        known = sorted({step.act for step in APPLICATION.transitions})
        act, actor = self.choose(known), self.choose(PEOPLE)
        offered = [(may, person) for person in PEOPLE for may in case.may(held, person)]
        if offered and self.choose([True, False]):  # half of the time somebody does what is theirs to do
            act, actor = self.choose(offered)
        self._try_application(number, act, actor, self._application_arguments(held, act))

    def act_on_license(self, number: str) -> None:
        """Let anybody try any act of the lifecycle on a license."""
        held = self.licenses[number]
        known = sorted(
            {step.act for step in LICENSE.transitions} - {"remind", "open_renewal", "expire", "chase", "finish"}
        )
        act, actor = self.choose(known), self.choose(PEOPLE)
        offered = [(may, person) for person in PEOPLE for may in grant.may(held, person) if may in known]
        if offered and self.choose([True, False]):
            act, actor = self.choose(offered)
        call = {"application": self.applications[held.application]} if act == "ask_renewal" else {}
        arguments = call | self._license_arguments(held, act)
        allowed = act in grant.may(held, actor)
        try:
            made = getattr(license_acts, act)(held, actor=actor, at=self.now, **arguments)
        except errors.AccessRefused:
            self.refused += 1
        else:
            assert allowed, (held.state, act, actor)
            self._keep_license(held, made)
            self._pass_on(made.license)

    def wait(self, span: timedelta) -> None:
        """Let time go by, and the clock look at everything."""
        self.now += span
        for number, held in list(self.licenses.items()):
            for made in license_acts.tick(held, at=self.now):
                self._keep_license(self.licenses[number], made)
            assert not license_acts.tick(self.licenses[number], at=self.now)
        for application in list(self.applications.values()):
            if application.state == "returned" and application.due_at and self.now >= application.due_at:
                self._keep_application(application, acts.lapse(application, actor=case.HOUSE_ITSELF, at=self.now))

    def check(self) -> None:
        """Assert what must always hold: owners, gapless audit, nobody judging their own, nothing live past its end."""
        for number, held in self.applications.items():
            self._check_log(number, held.state, APPLICATION)
            assert not set(held.reviewers) & set(held.accounts)
            assert not {item.by for item in held.decisions} & {*held.reviewers, *held.accounts}
            if held.state == "approved":
                assert held.decisions[-1].approved
        for number, license_ in self.licenses.items():
            self._check_log(number, license_.state, LICENSE)
            assert not grant.is_live(license_, at=license_.ends_at)
            assert license_.state != "destroyed" or not license_.uncertified
            moment = grant.next_moment(license_)
            assert moment is None or moment > self.now or license_acts.tick(license_, at=self.now)

    def _check_log(self, number: str, state: str, lifecycle: Lifecycle) -> None:
        events = self.log[number]
        assert lifecycle.owner(state)
        assert [item.source for item in events[1:]] == [item.target for item in events[:-1]]
        assert events[-1].target == state
        assert all(one.at <= other.at for one, other in pairwise(events))

    def _try_application(self, number: str, act: str, actor: Actor, arguments: dict[str, Any]) -> None:
        held = self.applications[number]
        allowed = act in case.may(held, actor)
        name = {"begin": "begin_review", "uphold": "settle_appeal", "reopen": "settle_appeal"}.get(act, act)
        if name == "settle_appeal":
            arguments = {"upheld": act == "uphold", "text": "words"}
        try:
            made = getattr(acts, name)(held, actor=actor, at=self.now, **arguments)
        except errors.AccessRefused:
            self.refused += 1
        else:
            assert allowed, (held.state, act, actor)
            self._keep_application(held, made)

    def _application_arguments(self, held: Application, act: str) -> dict[str, Any]:
        today = day_of(self.now, zone=ZONE)
        need = self.choose(held.needs)
        systems = [item.system for item in held.systems]
        suspended = [name for item in self.licenses.values() if grant.is_suspended(item) for name in item.members]
        return {
            "fill": {"answers": {"purpose": self.choose(["", "Words"])}, "askers": {}},
            "invite": {"account": self.choose(["ada", "ben", "cleo", "dan"])},
            "remove": {"account": self.choose(["ada", "ben", "cleo", "dan"])},
            "bring": _evidence(need, today=today - self.choose([timedelta(0), timedelta(days=300), timedelta(days=400)])),
            "submit": {"today": today, "suspended": suspended},
            "verify": {"need": need.need, "today": today},
            "reject": {"need": need.need, "note": self.choose(["", "Unreadable"])},
            "ask": {"text": "What about this?", "need": self.choose(["", need.need])},
            "answer": {"text": "This", "today": today},
            "send_back": {"text": "Look again"},
            "approve": {"denied": self.choose([{}, {systems[-1]: ("not_eligible",)}, {systems[0]: ()}]), "words": ""},
            "deny": {"denied": dict.fromkeys(systems, ("not_eligible",)), "words": self.choose(["", "No"])},
            "decline": {},
            "appeal": {"text": "Look again"},
            "hold": {"license_number": "L-1"},
            "resume": {"suspended": suspended},
            "stop": {"license_number": "L-1"},
        }.get(act, {})  # fmt: skip

    def _license_arguments(self, held: License, act: str) -> dict[str, Any]:
        number = len(held.copies) + 1
        copy = Copy(
            number=number, dataset="records", sha256="0" * 64, mark=f"{held.number}-{number}", recipient="age1",
            made_by="hal", made_at=self.now,
        )  # fmt: skip
        return {
            "deliver": {"copy": copy},
            "fetch": {"number": self.choose([1, 2])},
            "ask_renewal": {"text": self.choose(["", "We go on"])},
            "refuse_renewal": {"reasons": self.choose([(), ("not_eligible",)]), "text": "No"},
            "suspend": {"text": "A breach is looked at"},
            "reinstate": {"text": "It was none"},
            "revoke": {"text": "It was one"},
            "certify": {
                "number": self.choose([1, 2]), "method": self.choose(["erased", "lost"]), "signed": self.choose(["", "Ada"]),
                "destroyed_on": day_of(self.now, zone=ZONE), "language": "en",
            },
        }.get(act, {})  # fmt: skip

    def _keep_application(self, held: Application | None, made: acts.Done) -> None:
        event, number = made.event, made.application.number
        if held is not None:
            step = next(item for item in APPLICATION.acts(held.state) if item.act == event.act)
            assert (step.target, step.audit) == (event.target, event.event)
            assert made.application.state == step.target
        self.log.setdefault(number, []).append(event)
        self.applications[number] = made.application
        self.done += 1
        if event.target == "approved" and held is not None:
            for system in made.application.decisions[-1].approved:
                name = f"L-{len(self.licenses) + 1}"
                self.licenses[name] = grant.grant(name, application=made.application, system=system, at=self.now)
                self.log[name] = [Event("license_granted", "grant", event.actor, self.now, "", "active", {})]

    def _keep_license(self, held: License, made: license_acts.Done) -> None:
        event, number = made.event, held.number
        step = next(item for item in LICENSE.acts(held.state) if item.act == event.act)
        assert (step.target, step.audit) == (event.target, event.event)
        assert made.license.state == step.target
        assert made.license.ends_at >= held.ends_at
        self.log[number].append(event)
        self.licenses[number] = made.license
        self.done += 1

    def _pass_on(self, held: License) -> None:
        """Hold or stop the open applications of a team whose license was suspended or revoked, as the office does."""
        team = set(held.members)
        for application in list(self.applications.values()):
            if not team & set(application.accounts):
                continue
            act = {"suspended": "hold", "revoked": "stop"}.get(held.state)
            if act and act in case.may(application, case.HOUSE_ITSELF):
                self._try_application(application.number, act, case.HOUSE_ITSELF, {"license_number": held.number})
                assert self.applications[application.number].state == {"hold": "held", "stop": "stopped"}[act]


def _evidence(need: case.Need, *, today: Any) -> dict[str, Any]:
    required = need.requirement
    shown = {
        Evidence.DOCUMENT: {"attachment": "file-1"},
        Evidence.REFERENCE: {"reference": "1234"},
        Evidence.STATEMENT: {"signed": "Somebody"},
    }[required.evidence]
    ends = {"ends_on": today + timedelta(days=365)} if required.states_its_end else {}
    return {"need": need.need, "made_on": today, "today": today, **shown, **ends}


def run(world: World, steps: Iterable[int]) -> World:
    """Do this many steps, checking after each."""
    for _ in steps:
        world.step()
        world.check()
    return world
