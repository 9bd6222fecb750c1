"""Locks 1 and 2: the floors and the doors hold, and a deliberate breach of each contract is caught by its name."""

from __future__ import annotations

from collections.abc import Callable
from configparser import ConfigParser

import pytest

from architecture.linter import ROOT, Verdict, lint

FLOORS = "Every room stands on the floors below it"
ONE_WAY = "Nothing public can reach anything confidential"
NO_PUBLISHING = "Nothing confidential writes to the public wing"
CONFIDENTIAL_KEY = "Only the confidential wing and the airlock hold a key"
INTAKE_KEY = "Only the airlock may place a release in the public store"
PURE = "No web framework below the office"
ENGINE = "DuckDB is spoken only in ground.engine"
INSIDE_CONFIDENTIAL = "The confidential wing, inside"
INSIDE_PUBLIC = "The public wing, inside"
INSIDE_PROTECT = "Protection, inside"
ALONE = "A plug-in knows no sibling"
OFFICE_DOOR = "The office reaches the public wing only through the airlock"
RULEBOOKS = "A desk's rulebook is plain Python"
INSIDE_OFFICE = "The office, inside"
INSIDE_DESK = "Every desk is built the same way"
CIRCLES = "No circles anywhere"

BREACHES = [
    pytest.param("ground/breach.py", "import openjustice.standards", FLOORS, id="a-low-room-looks-up"),
    pytest.param("measure/breach.py", "import openjustice.protect", FLOORS, id="measuring-protects"),
    pytest.param(
        "protect/methods/breach/__init__.py", "import openjustice.airlock", FLOORS, id="a-method-opens-the-door"
    ),
    pytest.param("attic/__init__.py", "", FLOORS, id="a-new-room-without-a-floor"),
    pytest.param("linkage/__init__.py", "import openjustice.measure", FLOORS, id="linkage-reads-its-neighbor"),
    pytest.param("office/__init__.py", "import openjustice.cli", FLOORS, id="the-office-calls-the-command-line"),
    pytest.param(
        "public/site/breach.py", "import openjustice.confidential.store", ONE_WAY, id="a-page-opens-the-records"
    ),
    pytest.param("public/store/breach.py", "import openjustice.airlock", ONE_WAY, id="a-reader-opens-the-door"),
    pytest.param("public/site/breach.py", "import django", ONE_WAY, id="a-page-calls-a-server"),
    pytest.param("cli/public.py", "import openjustice.confidential.collect", ONE_WAY, id="a-public-command-collects"),
    pytest.param(
        "cli/public.py",
        "def late():\n    import openjustice.confidential.collect",
        ONE_WAY,
        id="an-import-hidden-in-a-function",
    ),
    pytest.param(
        "confidential/drafting/breach.py", "import openjustice.public.publish", NO_PUBLISHING, id="a-draft-publishes"
    ),
    pytest.param("confidential/collect/breach.py", "import openjustice.airlock", NO_PUBLISHING, id="collecting-seals"),
    pytest.param(
        "cli/registry.py", "import openjustice.confidential.store", CONFIDENTIAL_KEY, id="a-command-holds-the-key"
    ),
    pytest.param(
        "cli/registry.py",
        "import openjustice.confidential.identities",
        CONFIDENTIAL_KEY,
        id="a-command-reads-identities",
    ),
    pytest.param(
        "cli/public.py", "import openjustice.public.store.intake", INTAKE_KEY, id="a-command-places-a-release"
    ),
    pytest.param(
        "public/publish/breach.py", "import openjustice.public.store.intake", INTAKE_KEY, id="publish-places-a-release"
    ),
    pytest.param("protect/risk.py", "import django", PURE, id="a-web-framework-in-the-core"),
    pytest.param("measure/breach.py", "import duckdb", ENGINE, id="a-second-engine-door"),
    pytest.param("confidential/store.py", "import duckdb", ENGINE, id="a-store-with-its-own-engine"),
    pytest.param(
        "confidential/collect/breach.py",
        "import openjustice.confidential.drafting",
        INSIDE_CONFIDENTIAL,
        id="collecting-drafts",
    ),
    pytest.param("confidential/pipeline.py", "", INSIDE_CONFIDENTIAL, id="a-room-in-the-wing-without-a-place"),
    pytest.param(
        "public/store/breach.py", "import openjustice.public.site", INSIDE_PUBLIC, id="the-store-knows-the-site"
    ),
    pytest.param("protect/risk.py", "import openjustice.protect.plan", INSIDE_PROTECT, id="risk-plans"),
    pytest.param(
        "protect/methods/global_recoding/breach.py",
        "import openjustice.protect.methods.cell_suppression",
        ALONE,
        id="a-method-knows-its-sibling",
    ),
    pytest.param(
        "protect/attacks/matching/breach.py",
        "import openjustice.protect.attacks.interval",
        ALONE,
        id="an-attack-knows-its-sibling",
    ),
    pytest.param(
        "public/publish/formats/csv/breach.py",
        "import openjustice.public.publish.formats.parquet",
        ALONE,
        id="a-format-knows-its-sibling",
    ),
    pytest.param("office/audit/breach.py", "import openjustice.public.store", OFFICE_DOOR, id="a-desk-reads-releases"),
    pytest.param("office/audit/rules.py", "import django", RULEBOOKS, id="a-rulebook-needs-a-server"),
    pytest.param(
        "office/audit/breach.py", "import openjustice.office.accounts", INSIDE_OFFICE, id="the-audit-asks-who"
    ),
    pytest.param("office/attic.py", "", INSIDE_OFFICE, id="a-desk-without-a-place"),
    pytest.param("office/audit/models.py", "import openjustice.office.audit.services", INSIDE_DESK, id="a-table-acts"),
]


def test_every_contract_is_kept():
    verdict = lint(ROOT)
    assert verdict.kept, verdict.report


@pytest.mark.parametrize(("path", "lines", "contract"), BREACHES)
def test_a_deliberate_breach_is_caught(breach: Callable[..., Verdict], path: str, lines: str, contract: str):
    verdict = breach(path, lines)
    assert verdict.breaks(contract), verdict.report


def test_a_circle_is_caught(breach: Callable[..., Verdict]):
    breach("standards/circle_one.py", "import openjustice.standards.circle_two")
    verdict = breach("standards/circle_two.py", "import openjustice.standards.circle_one")
    assert verdict.breaks(CIRCLES), verdict.report


def test_every_contract_has_a_breach_that_it_catches():
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    names = {contracts[section]["name"] for section in contracts.sections() if ":contract:" in section}
    breached = {str(case.values[2]) for case in BREACHES} | {CIRCLES}
    assert [name for name in sorted(names) if not any(name.startswith(known) for known in breached)] == []
