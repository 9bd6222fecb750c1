"""Checks that a draft is what its author made, under the declarations in force, from the records in force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openjustice.confidential.drafting import inputs, report
from openjustice.confidential.drafting.sources import Truth
from openjustice.confidential.store import Store
from openjustice.contracts import release
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction
from openjustice.contracts.release import DraftManifest, ProductKind
from openjustice.ground import errors
from openjustice.protect.attack import AttackResult

MANIFEST = "draft.json"
# What a draft keeps for its checkers and never publishes.
# What stays with a draft for its checkers, and is no product.
INSIDE = (MANIFEST, "review.json", "steward.json", "steward.html")
# Every release has one of each of these; tables and records are as many as the declarations ask for.
ALWAYS = (ProductKind.REPORT, ProductKind.REPORT_PAGE, ProductKind.TRACE, ProductKind.METADATA)


def read_manifest(store: Store, number: int) -> DraftManifest:
    """Read a draft's manifest by its number; raises SealRefused where there is no such draft or it cannot be read."""
    if not store.find("draft", number=number):
        raise errors.SealRefused(
            fault("draft_unknown", "There is no such draft.", "`openjustice drafts list` names them.")
        )
    try:
        return release.read_draft_manifest(json.loads((store.draft_directory(number) / MANIFEST).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        raise errors.SealRefused(changed("The draft's manifest cannot be read.", MANIFEST)) from None


def find_draft_faults(store: Store, manifest: DraftManifest, *, number: int) -> list[errors.Fault]:
    """Return how the draft's folder differs from what was noted of it when it was made."""
    noted, folder = store.draft(number), store.draft_directory(number)
    faults = []
    if manifest.digest != noted["digest"]:
        faults.append(changed("The draft's manifest is not the one that its author made.", MANIFEST))
    told = (manifest.number, manifest.jurisdiction, manifest.dataset, manifest.author)
    if told != (number, noted["jurisdiction"], noted["dataset"], noted["author"]):
        faults.append(changed("The draft's manifest speaks of another draft.", MANIFEST))
    faults += [
        changed("A file of the draft is not the one that its author made.", item.path)
        for item in manifest.products
        if not _is_inside(folder, item.path) or not _has_digest(folder / item.path, item.sha256)
    ]
    known = {*INSIDE, *(item.path for item in manifest.products)}
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return [
        *faults,
        *(changed("The draft has a file that its manifest does not name.", name) for name in sorted(present - known)),
    ]


def find_state_faults(store: Store, *, number: int) -> list[errors.Fault]:
    """Return why a draft in this state is not to be looked at any more."""
    state = store.draft_state(number)
    if state == "sealed":
        return [
            fault("already_sealed", "This draft has been sealed already.", "Make a new draft to publish a new vintage.")
        ]
    if state == "withdrawn":
        return [fault("draft_withdrawn", "This draft was withdrawn.", "Make a new draft.")]
    return []


def find_declaration_faults(
    manifest: DraftManifest, *, dataset: Dataset, jurisdiction: Jurisdiction
) -> list[errors.Fault]:
    """Return which declarations are not those the draft was made under, and whether its policy was signed and in force."""
    made = manifest.declarations
    faults = []
    if made.contract != dataset.contract_digest:
        faults.append(_other("contract_changed", "contract"))
    if made.policy != dataset.policy_digest:
        faults.append(_other("policy_changed", "policy"))
    now = tuple((name, item.digest) for name, item in sorted(jurisdiction.indicators_of(dataset.id).items()))
    if made.indicators != now:
        faults.append(_other("indicators_changed", "indicators"))
    return [*faults, *_find_policy_faults(dataset, on=date.fromisoformat(manifest.at[:10]))]


def find_input_faults(
    store: Store, manifest: DraftManifest, *, dataset: Dataset, jurisdiction: Jurisdiction
) -> list[errors.Fault]:
    """Return which records have changed since the draft was made."""
    now = dict(inputs.input_digests(store, dataset=dataset, jurisdiction=jurisdiction))
    made = dict(manifest.inputs)
    return [
        fault("inputs_changed", f"The records of '{name}' have changed since the draft was made.", "Make a new draft.")
        for name in sorted(now.keys() | made.keys())
        if now.get(name) != made.get(name)
    ]


def find_report_faults(folder: Path, manifest: DraftManifest) -> list[errors.Fault]:
    """Return whether the disclosure report is wanting, or speaks of another policy than the draft was made under."""
    missing = [
        fault("report_missing", f"The draft has no {kind.value.replace('_', ' ')}.", "Make a new draft.")
        for kind in ALWAYS
        if len(manifest.products_of(kind)) != 1
    ]
    told = read_report(folder, manifest)
    if missing or told is None:
        return missing or [fault("report_missing", "The disclosure report cannot be read.", "Make a new draft.")]
    if told.get("policy_digest") != manifest.declarations.policy:
        return [fault("report_differs", "The disclosure report was made under another policy.", "Make a new draft.")]
    return []


def find_told_faults(
    told: Mapping[str, Any] | None, *, results: Sequence[AttackResult], truth: Truth
) -> list[errors.Fault]:
    """Return where the report says other things of the attacks than were found now, or lacks one that the policy names."""
    if told is None:
        return []
    found = {(item.attack, item.against): report.tell_attack(item) for item in results}
    written = {(item["attack"], item["against"]): item for item in told.get("attacks", ())}
    rules = truth.rules
    wanted = {*(rules.tables.audit if rules.tables else ()), *(rules.microdata.attacks if rules.microdata else ())}
    lacking = sorted(key for key in found.keys() - written.keys() if key[0] in wanted)
    return [
        *(
            fault("report_differs", f"The report lacks the {name} attack on {against}.", "Make a new draft.")
            for name, against in lacking
        ),
        *(
            fault(
                "report_differs",
                f"The report tells the {name} attack on {against} otherwise than it was found.",
                "Make a new draft.",
            )
            for (name, against), item in written.items()
            if found.get((name, against)) != item
        ),
    ]


def read_report(folder: Path, manifest: DraftManifest) -> dict[str, Any] | None:
    """Return the disclosure report of a draft, or None where it cannot be read."""
    found = manifest.products_of(ProductKind.REPORT)
    try:
        content = json.loads((folder / found[0].path).read_bytes())
    except (OSError, ValueError, IndexError):
        return None
    return content if isinstance(content, dict) else None


def fault(code: str, what: str, way_out: str, *, why: str = "", place: errors.Place | None = None) -> errors.Fault:
    """Make a fault for which the release manager must act."""
    return errors.Fault(
        code=code,
        what=what,
        why=why,
        way_out=way_out,
        ask=errors.SealRefused.who_must_act,
        place=place or errors.Place(),
    )


def changed(what: str, file: str) -> errors.Fault:
    """Make the fault that a draft is not as it was made."""
    return fault("draft_changed", what, "Make a new draft; a draft is never edited.", place=errors.Place(file=file))


def _find_policy_faults(dataset: Dataset, *, on: date) -> list[errors.Fault]:
    policy = dataset.policy
    if policy is None or not policy.signed or any(item.on > on for item in policy.signed):
        return [
            fault(
                "policy_unsigned",
                "The policy had not been signed when the draft was made.",
                "Have the policy signed, then draft.",
            )
        ]
    if policy.in_force_from > on:
        return [
            fault(
                "policy_not_in_force", "The policy was not in force when the draft was made.", "Draft again when it is."
            )
        ]
    return []


def _other(code: str, name: str) -> errors.Fault:
    return fault(
        code,
        f"The {name} in force are not those the draft was made under."
        if name.endswith("s")
        else f"The {name} in force is not the one the draft was made under.",
        "Make a new draft.",
    )


def _is_inside(folder: Path, place: str) -> bool:
    return (folder / place).resolve().is_relative_to(folder.resolve()) and not (folder / place).is_symlink()


def _has_digest(path: Path, expected: str) -> bool:
    return path.is_file() and release.file_digest(path) == expected
