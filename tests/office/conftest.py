"""The office for tests: Django made ready once, on SQLite and on a real PostgreSQL server, each test in what is rolled back."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_HOME = Path(tempfile.mkdtemp(prefix="ojoffice"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "office.office_settings",
    "OPENJUSTICE_HOME": str(_HOME),
    "OPENJUSTICE_OFFICE_SECRET": "not a secret: for tests alone, and long enough to be taken for one",
    # The driver of the browser tests keeps a loop on the thread of every later test of its process; nothing here is async.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
}

import django  # noqa: E402  (the settings come first)

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import override_settings, setup_test_environment  # noqa: E402

from office import clock, postgresql  # noqa: E402
from office.databases_in_use import use_database  # noqa: E402
from office.people import PASSWORD  # noqa: E402
from openjustice.office.accounts import services  # noqa: E402
from openjustice.office.accounts.models import Account, Organization  # noqa: E402
from openjustice.office.accounts.rules import ROLES_OF, Kind, Role  # noqa: E402
from openjustice.office.audit.rules import Audit  # noqa: E402
from openjustice.office.desk import databases, keys  # noqa: E402
from unit.confidential import home_fixture  # noqa: E402

setup_test_environment()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the office on one worker, so that its databases are made once."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("office"))


def _migrated(settings: dict) -> dict:
    use_database(settings)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    return settings


@pytest.fixture(scope="session")
def office_home() -> Path:
    """Give the home of the office under test."""
    (_HOME / "office").mkdir(exist_ok=True)
    return _HOME


@pytest.fixture(scope="session")
def sqlite_database(office_home: Path) -> dict:
    """Give a migrated database in one file."""
    return _migrated(databases.sqlite(office_home / "office" / "office.sqlite3"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Path]:
    """Give the socket of a real server that ends with the tests, or skip."""
    if postgresql.find_binaries() is None:
        pytest.skip("no PostgreSQL here: requirements/postgresql.sh installs Debian's")
    with postgresql.serve() as folder:
        yield folder
        connections.close_all()


@pytest.fixture(scope="session")
def postgresql_database(postgresql_server: Path, office_home: Path) -> dict:
    """Give a migrated database on the real server."""
    return _migrated(databases.read_address(postgresql.address(postgresql_server), home=office_home))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run the test on each database; whatever it writes is rolled back."""
    use_database(request.getfixturevalue(f"{request.param}_database"))
    yield from _rolled_back(request.param)


@pytest.fixture
def sqlite(sqlite_database: dict) -> Iterator[str]:
    """Run the test on SQLite alone; whatever it writes is rolled back."""
    use_database(sqlite_database)
    yield from _rolled_back("sqlite")


def _rolled_back(name: str) -> Iterator[str]:
    clock.set_clock(clock.START)
    with transaction.atomic():
        yield name
        transaction.set_rollback(True)


@pytest.fixture
def audit() -> Audit:
    """Give an administrator's audit argument."""
    return Audit(actor="test", role="administrator", at=clock.START)


@pytest.fixture
def make_account(audit: Audit) -> Callable[..., Account]:
    """Make an account with a role, in an organization of the kind that has the role (or in the one given)."""

    def make(role: str, *, name: str = "", organization: Organization | None = None, **where: str) -> Account:
        kind = next(kind for kind, roles in ROLES_OF.items() if Role(role) in roles)
        where = {"jurisdiction": "demo", "reporter": "A01"} | where if kind is Kind.AGENCY else where
        name = name or f"{role.title()} One"
        found = organization or Organization.objects.filter(kind=kind).first()
        found = found or services.add_organization(name=f"The {kind}", kind=kind, audit=audit, **where)
        email = f"{'.'.join(name.casefold().split())}@example.org"
        account = services.add_account(email=email, name=name, password=PASSWORD, audit=audit)
        services.grant(account=account, organization=found, role=role, audit=audit)
        return account

    return make


@pytest.fixture
def sign_in() -> Callable[[Account], Client]:
    """Sign an account in as a browser does, and give the browser."""

    def sign(account: Account) -> Client:
        client = Client()
        answer = client.post("/account/login/", {"login": account.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign


@pytest.fixture
def home(tmp_path: Path, office_home: Path) -> Iterator[Path]:
    """Give the office a home of the invented state of its own."""
    made = home_fixture.make_home(tmp_path)
    keys.make_keys(made, secret=b"s" * keys.SECRET_BYTES, seed=b"k" * keys.SEED_BYTES)
    with override_settings(HOME=made):
        yield made
