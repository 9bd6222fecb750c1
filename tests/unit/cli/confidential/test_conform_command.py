"""The command `conform` writes records that `check` takes, and tells what it changed without a value of a record."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from openjustice.cli.main import app

SHEET = """2019 Use of Force Data,,,,,,,,,,,,,
Event #,Call Type,Time of Day,Subject Weapon,Subject Age,Subject Gender,Subject Race,Subject Ethnicity,Alcohol Drugs,PD Force Type,# of Officers,Arrest or ProtectiveCustody,"Subject Injured- If yes, type:","Officer Injured- If yes, type:"
1,CANARYCALL,04:30AM,No,25,F,White,Non-Hisp.,,"Forced to Ground, Taser Displayed",2,Arrest,No,No
2,CANARYCALL,12:00PM,No,25,M,White,Hispanic,,Unheard of,3,Arrest,No,"Yes, knee"
3,,,,,,,,,,,,,
"""


def test_a_sheet_becomes_records_that_the_contract_takes(tmp_path):
    (tmp_path / "norwich_2019.csv").write_text(SHEET)
    runner = CliRunner()
    words = [
        "conform",
        str(tmp_path),
        "--dataset",
        "use_of_force",
        "--source",
        "norwich",
        "--out",
        str(tmp_path / "out"),
    ]
    done = runner.invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "3 rows read, 3 records made" in done.output
    assert "1 row left out" in done.output
    assert "CANARY" not in done.output
    record = json.loads((tmp_path / "out" / "norwich_transforms.json").read_text())
    assert record["fields"]["force_type"] == {"filled": 3, "same": 0, "changed": 2, "unmapped": 1, "empty": 0}
    assert "CANARY" not in json.dumps(record)
    checked = runner.invoke(
        app, ["check", str(tmp_path / "out" / "norwich.csv"), "--dataset", "united_states/use_of_force"]
    )
    assert checked.exit_code == 0, checked.output
