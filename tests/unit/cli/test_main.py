"""The command line: lists its journeys without loading them, shows refusals without a traceback, exits by family."""

import errno
import json
import subprocess
import sys

import pytest
import typer

from openjustice.cli import main
from openjustice.cli.house import docs
from openjustice.ground import errors


def run(*arguments, **environment):
    command = [sys.executable, "-m", "openjustice", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "", **environment})


def test_help_lists_every_journey_and_loads_none_of_them():
    code = "import sys; from openjustice.cli import main; sys.argv = ['openjustice', '--help']\n"
    code += "try:\n    main.run()\nexcept SystemExit:\n    pass\n"
    code += (
        "print(sorted(name for name in sys.modules if name in ('duckdb', 'pydantic', 'numpy', 'rich.table', 'django')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert all(name in done.stdout for name in main.JOURNEYS)


def test_every_journey_loads_and_has_help():
    for name in main.JOURNEYS:
        command = main.load_command(name)
        assert command.help, name


def test_version():
    assert run("--version").stdout.startswith("openjustice ")


def test_an_unknown_command_is_named():
    done = run("nosuch")
    assert done.returncode == 2
    assert "nosuch" in done.stderr


def test_a_refusal_has_no_traceback_and_its_family_exit_code(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "jurisdiction.yaml").write_text("title: [")
    done = run("registry", "check", "--registry", str(tmp_path))
    assert done.returncode == errors.RegistryRefused.exit_code
    assert "RegistryRefused: 1 fault" in done.stderr
    assert "not_yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_surprise_is_our_fault_and_tells_no_value(monkeypatch, capsys):
    def fail():
        raise ValueError("Zzyzx Canarybird")

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(SystemExit) as ended:
        main.run()
    shown = capsys.readouterr().err
    assert ended.value.code == errors.HouseFault.exit_code
    assert "ValueError" in shown
    assert "test_main.py" in shown
    assert "Canarybird" not in shown


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (FileNotFoundError(errno.ENOENT, "", "folder/none.txt"), "'none.txt' cannot be used: there is no such file"),
        (PermissionError(errno.EACCES, "", "folder/shut.txt"), "'shut.txt' cannot be used: this account may not"),
        (IsADirectoryError(errno.EISDIR, "", "folder"), "'folder' cannot be used: it is a folder"),
        (OSError(errno.ENOSPC, ""), "The disk is full."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_no_fault_of_ours(monkeypatch, capsys, problem, says):
    def fail():
        raise problem

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == errors.AccessRefused.exit_code
    assert says in " ".join(capsys.readouterr().err.split())


def test_a_developer_may_ask_for_the_trace(monkeypatch):
    monkeypatch.setenv("OPENJUSTICE_DEBUG", "1")
    monkeypatch.setattr(main, "app", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main.run()


@pytest.mark.parametrize(("problem", "code"), [(KeyboardInterrupt, 130), (BrokenPipeError, 0)])
def test_stopping_is_no_fault(monkeypatch, problem, code, capfd):
    def fail():
        raise problem

    monkeypatch.setattr(main, "app", fail)
    with capfd.disabled(), pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == code


def test_a_contract_is_exported_in_both_forms(tmp_path):
    done = run("registry", "export", "demo/custody_deaths")
    assert json.loads(done.stdout)["name"] == "custody_deaths"
    out = tmp_path / "x.json"
    assert run("registry", "export", "demo/custody_deaths", "--as", "csvw", "--out", str(out)).returncode == 0
    assert json.loads(out.read_text())["url"] == "custody_deaths.csv"


def test_a_dataset_is_shown_and_listed():
    assert "custody_deaths" in run("registry", "list", COLUMNS="200").stdout
    shown = run("registry", "show", "demo/custody_deaths", COLUMNS="200").stdout
    assert "direct identifier" in shown
    assert "Policy version" in shown


def test_reference_pages_are_written_and_stale_ones_refused(tmp_path):
    context = typer.Context(typer.main.get_command(main.app))
    docs.write(context, check=False, out=tmp_path)
    docs.write(context, check=True, out=tmp_path)
    (tmp_path / "refusals.md").write_text("old")
    with pytest.raises(errors.HouseFault) as refused:
        docs.write(context, check=True, out=tmp_path)
    assert refused.value.codes == ("stale_page",)
