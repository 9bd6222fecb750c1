"""Every kind of check does what its own examples say, on the careful road and on the quick one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from openjustice.confidential.collect import checks, rules
from openjustice.ground import discovery
from unit.confidential.collect import small

FOLDER = Path(checks.__path__[0])
EXAMPLES = [
    pytest.param(name, given, id=f"{name}-{number}")
    for name in discovery.plugin_names(checks)
    for number, given in enumerate(yaml.safe_load((FOLDER / name / "examples.yaml").read_text(encoding="utf-8")))
]


def _text(rows):
    """Return rows with the characters that cannot be seen, which stand as escapes in an example."""
    return rows.replace("\\u00A0", "\u00a0").replace("\\u200B", "\u200b").replace("\\u00C3\\u00A9", "\u00c3\u00a9").replace(
        "\\uFFFD", "\ufffd"
    )  # fmt: skip


@pytest.mark.parametrize("quick", [False, True], ids=["careful", "quick"])
@pytest.mark.parametrize(("name", "given"), EXAMPLES)
def test_examples(tmp_path, name, given, quick):
    declared = {"rule": given["check"]} if "check" in given else {}
    of = small.dataset(given["fields"], checks=declared, tables=given.get("tables"))
    limits: dict[str, Any] = {"careful_up_to_bytes": 0} if quick else {}
    if "tables" in given:
        rows = {"small": given["rows"], **given["rows_of"]}
        result = small.check_tables(tmp_path / "d", rows, of, swapped_share=2, **limits)
        assert small.lines_by_rule(result) == given["fails"]
        return
    result = small.check(
        tmp_path / "f.csv", _text(given["rows"]), of, codelists=given.get("codelists"), swapped_share=2, **limits
    )
    assert small.lines_by_rule(result) == given["fails"]


def test_every_kind_says_what_it_finds():
    for name, kind in rules.kinds().items():
        assert kind.name == name
        assert kind.title
        assert kind.cell or kind.row or kind.key or kind.group or kind.whole or kind.words
