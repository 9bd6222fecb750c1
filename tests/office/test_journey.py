"""In a browser: a clerk mends a bad file and answers a question; two checkers approve what a steward drafted; it is sealed."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from openjustice.confidential.drafting import draft as drafting
from openjustice.public.store import reader
from unit.airlock import homes
from unit.confidential.home_fixture import REPORTER, write_rows

PASSWORD = "demo-for-a-journey"
TOLD: list[str] = []  # what browsers complained of
SHOTS = os.environ.get("OPENJUSTICE_SHOTS")


@dataclass
class Office:
    """A served office: where it is, and its home."""

    address: str
    home: Path


@pytest.fixture(scope="module")
def office(registry_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Serve an office with a demonstration's accounts, in a process of its own as production does."""
    folder = tmp_path_factory.mktemp("journey")
    shutil.copytree(registry_root / "demo", folder / "registry" / "demo")
    for place in (folder / "registry" / "demo" / "indicators").iterdir():
        if place.name != "custody_deaths":
            shutil.rmtree(place)
    jurisdiction = homes.load_registry(folder / "registry").jurisdiction("demo")
    rows = homes.invent_rows(jurisdiction, rows=400)["custody_deaths"]
    home = homes.make_home(folder / "home", jurisdiction=jurisdiction, rows={"custody_deaths": rows})
    (home / "keys").mkdir(mode=0o700, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told = {name: value for name, value in os.environ.items() if not name.startswith(("OPENJUSTICE", "DJANGO"))}
    told |= {"OPENJUSTICE_REGISTRY": str(folder / "registry"), "OPENJUSTICE_OFFICE_DEMO": "1"}
    told |= {"OPENJUSTICE_OFFICE_URL": f"http://127.0.0.1:{port}"}
    make = (
        "from pathlib import Path; from openjustice.cli.office import demonstration as d; "
        f"d.make_accounts(Path({str(home)!r}), jurisdiction='demo', reporter={REPORTER!r}, password={PASSWORD!r})"
    )
    subprocess.run([sys.executable, "-c", make], env=told, check=True, capture_output=True, timeout=300)
    command = [
        sys.executable,
        "-m",
        "openjustice",
        "office",
        "start",
        "--home",
        str(home),
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    child = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Office(f"http://127.0.0.1:{port}", home)
    finally:
        child.terminate()
        child.wait(timeout=60)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            asked.request("GET", "/account/login/")
            if asked.getresponse().status == 200:
                return
        except ConnectionError:
            time.sleep(0.3)
        finally:
            asked.close()
    raise TimeoutError(port)


@pytest.fixture
def chromium(browser: Browser) -> Iterator[Browser]:
    """Give the browser, with patience for a server that drafts a release meanwhile."""
    expect.set_options(timeout=60_000)
    yield browser
    expect.set_options(timeout=5_000)


@pytest.fixture
def sign_in_at(office: Office, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own for somebody and sign in, with or without a script."""
    contexts = []

    def sign(account: str, *, scripts: bool = True, width: int = 1280, language: str = "en") -> Page:
        context = chromium.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": 900}, locale=language, bypass_csp=False
        )
        context.set_default_timeout(120_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", _note)
        page.goto(f"{office.address}/account/login/")
        page.fill("#id_login", f"{account}@demo.example")
        page.fill("#id_password", PASSWORD)
        page.click("main button[type=submit]")
        expect(page.locator("h1")).to_be_visible()
        return page

    yield sign
    for context in contexts:
        context.close()


def _note(told: ConsoleMessage) -> None:
    if told.type == "error":
        TOLD.append(told.text)


def look(page: Page, name: str) -> None:
    """Check a page as it stands: no violation, nothing wider than the screen; keep a picture where one is asked for."""
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    if page.evaluate("1") == 1:
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def check_access(page: Page, name: str) -> None:
    """Run axe-core on a page."""
    results = Axe().run(page)
    found = [f"{item['id']}: {node['html'][:160]}" for item in results.response["violations"] for node in item["nodes"]]
    assert found == [], name


@pytest.mark.browser
def test_the_whole_road_at_the_desks(office: Office, sign_in_at: Callable[..., Page], tmp_path: Path):
    clerk = sign_in_at("clerk")
    check_access(clerk, "home")
    clerk.goto(f"{office.address}/submissions/send/")
    check_access(clerk, "send")
    clerk.select_option("#id_dataset", "demo/custody_deaths")
    clerk.fill("#id_period", "2005/2015")
    bad = write_rows(tmp_path / "deaths.csv", date_of_death=dict.fromkeys(range(4), "2014-04-20"), race={1: "Purple"})
    clerk.set_input_files("#id_file", str(bad))
    clerk.click("button[name=check]")
    expect(clerk.locator("#content .box.bad h2")).to_contain_text("cannot be accepted yet")
    look(clerk, "checked")
    clerk.fill("#id_period", "2005/2015")
    clerk.set_input_files("#id_file", str(bad))
    clerk.click("button[name=send]")
    expect(clerk.locator("h1 .state")).to_have_text("returned")
    look(clerk, "returned")
    check_access(clerk, "returned")
    assert "Purple" not in clerk.content()

    plain = sign_in_at("clerk", scripts=False)  # the mended file goes without a script
    plain.goto(f"{office.address}/submissions/send/")
    plain.select_option("#id_dataset", "demo/custody_deaths")
    plain.fill("#id_period", "2005/2015")
    good = write_rows(
        tmp_path / "mended.csv", date_of_death=dict.fromkeys(range(4), "2014-04-20"), age=dict.fromkeys(range(4), "40"),
        means_of_death={0: "Firearm"},
    )  # fmt: skip
    plain.set_input_files("#id_file", str(good))
    plain.click("button[name=send]")
    expect(plain.locator("h1 .state")).to_have_text("accepted, with questions")
    plain.fill("textarea", "It was natural; the means is corrected in our system.")
    plain.click("text=Send the answer")
    expect(plain.locator(".told")).to_contain_text("Your answer is kept")

    steward = sign_in_at("steward")
    steward.goto(f"{office.address}/submissions/")
    steward.click("text=Was this death natural")
    look(steward, "question")
    steward.click("text=close the question")
    expect(steward.locator("h1 .state")).to_have_text("accepted")
    steward.goto(f"{office.address}/review/")
    check_access(steward, "review")
    steward.select_option("#id_dataset", "demo/custody_deaths")
    steward.click("main button:has-text('Make a draft')")
    expect(steward.locator("h1")).to_contain_text("Draft 1", timeout=240_000)

    for account in ("checker", "checker2"):
        checker = sign_in_at(account, width=360 if account == "checker2" else 1280)
        checker.goto(f"{office.address}/review/1/")
        look(checker, f"draft-{account}")
        check_access(checker, "draft")
        checker.click("main table a >> nth=0")
        look(checker, f"table-{account}")
        check_access(checker, "table")
        checker.goto(f"{office.address}/review/1/")
        checker.fill("#id_office", "privacy officer")
        checker.check("#id_looked")
        checker.click("text=Approve exactly this draft")
        checker.fill("#id_password", PASSWORD)  # step-up: who is it, again
        look(checker, f"again-{account}")
        checker.click("main button[type=submit]")
        expect(checker.locator(".told")).to_contain_text("Your approval is kept", timeout=240_000)

    steward.goto(f"{office.address}/review/1/")
    steward.click("text=Seal it")
    steward.fill("#id_password", PASSWORD)
    steward.click("main button[type=submit]")
    expect(steward.locator(".told")).to_contain_text("Sealed as demo/custody_deaths/", timeout=240_000)
    look(steward, "sealed")
    assert drafting.read_draft(office.home, 1).state == "sealed"
    line = reader.read_ledger(office.home / "public")[-1]
    assert {item.checker for item in line.approvals} == {"Demo Checker", "Demo Checker 2"}
    done = subprocess.run(
        [sys.executable, "-m", "openjustice", "audit", "verify", "--home", str(office.home)],
        env={name: value for name, value in os.environ.items() if not name.startswith(("OPENJUSTICE", "DJANGO"))},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "The audit record is whole. Checkpoints: 1" in done.stdout

    officer = sign_in_at("administrator", width=360, language="es")
    officer.goto(f"{office.address}/audit/?thing=draft&thing_id=1")
    assert officer.locator("html").get_attribute("lang") == "es"
    look(officer, "audit-es")
    check_access(officer, "audit")
    shown = officer.locator("tbody tr").all_inner_texts()
    assert sum("draft viewed" in row for row in shown) >= 2  # who saw what
    assert any(re.search("account 2.*draft table viewed", row, re.DOTALL) for row in shown)
    assert [told for told in TOLD if "422" not in told] == []  # the policy of the pages refused nothing of their own
