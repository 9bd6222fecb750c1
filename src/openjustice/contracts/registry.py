"""Loads the registry: every folder, every cross-reference, and all faults at once with file and line."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from openjustice.contracts import crossref, quality, small_cell_faults
from openjustice.contracts.dataset import Checks, Code, Codelist, Contract, Mapping
from openjustice.contracts.declaration import Declaration, read_declaration, validate
from openjustice.contracts.indicator import Examples, Indicator
from openjustice.contracts.jurisdiction import Dataset, IndicatorFolder, Jurisdiction, JurisdictionDeclaration
from openjustice.contracts.policy import Policy
from openjustice.contracts.quality import QualityPlan
from openjustice.contracts.small_cells import ScoringRules
from openjustice.contracts.source import definitions_of, load_sources, source_agencies
from openjustice.contracts.system import System, find_faults
from openjustice.ground import errors

T = TypeVar("T")
_COLUMNS_OF_CODES = frozenset({"code", "label", "valid_from", "valid_until", "status"})


@dataclass(frozen=True)
class Registry:
    """All jurisdictions of a registry."""

    jurisdictions: dict[str, Jurisdiction]
    scorings: dict[str, ScoringRules] = field(default_factory=dict)

    def jurisdiction(self, name: str) -> Jurisdiction:
        """Return a jurisdiction by name; raises RegistryRefused where there is none."""
        if name in self.jurisdictions:
            return self.jurisdictions[name]
        raise errors.RegistryRefused.because(
            "unknown_jurisdiction",
            f"There is no jurisdiction '{name}' in the registry.",
            way_out=f"Known: {', '.join(sorted(self.jurisdictions))}.",
        )

    def dataset(self, reference: str) -> Dataset:
        """Return a dataset by `name` or `jurisdiction/name`; raises RegistryRefused where there is none, or several."""
        place, _, name = reference.rpartition("/")
        found = [
            item
            for key, jurisdiction in self.jurisdictions.items()
            for item in jurisdiction.datasets.values()
            if item.id == name and place in ("", key)
        ]
        if len(found) == 1:
            return found[0]
        known = ", ".join(sorted(item.address for j in self.jurisdictions.values() for item in j.datasets.values()))
        what = f"There is no dataset '{reference}'." if not found else f"'{reference}' names several datasets."
        raise errors.RegistryRefused.because("unknown_dataset", what, way_out=f"Known: {known}.")


def shipped_registry() -> Path:
    """Return the registry that came with this installation: inside the wheel, or beside the sources."""
    inside = Path(__file__).parents[1] / "_registry"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "registry"


def load_registry(folders: Sequence[Path] = (), *, only: Iterable[str] | None = None) -> Registry:
    """Load the registry from its folders, later ones adding to or overriding earlier ones.

    `only` limits the jurisdictions loaded (their common parts always come along). Raises RegistryRefused with every
    fault of every file.
    """
    roots = [Path(folder) for folder in folders] or [shipped_registry()]
    faults: list[errors.Fault] = []
    common = _load_codelists([root / "common" / "codelists" for root in roots], roots, faults)
    scorings = _load_scorings([root / "common" / "rules" for root in roots], roots, faults)
    names = sorted({path.parent.name for root in roots for path in root.glob("*/jurisdiction.yaml")})
    wanted = names if only is None else [name for name in names if name in set(only)]
    loaded = {name: _load_jurisdiction(name, roots, common, scorings, faults) for name in wanted}
    if faults:
        raise errors.RegistryRefused(sorted(faults, key=_by_place))
    return Registry({name: item for name, item in loaded.items() if item is not None}, scorings)


def _by_place(fault: errors.Fault) -> tuple[str, int, str]:
    return (fault.place.file or "", fault.place.line or 0, fault.code)


def _load_jurisdiction(
    name: str,
    roots: Sequence[Path],
    common: dict[str, Codelist],
    scorings: dict[str, ScoringRules],
    faults: list[errors.Fault],
) -> Jurisdiction | None:
    head = _read(_last(roots, f"{name}/jurisdiction.yaml"), roots, faults)
    declared = validate(head, JurisdictionDeclaration, faults) if head else None
    codelists = {**common, **_load_codelists([root / name / "codelists" for root in roots], roots, faults)}
    codelists |= _load_agencies(_last(roots, f"{name}/agencies.csv"), roots, faults)
    if agencies := source_agencies(path for root in roots for path in sorted((root / name / "datasets").glob("*"))):
        codelists[agencies.codelist] = agencies
    datasets = _each_folder(
        roots, f"{name}/datasets", lambda path: _load_dataset(name, path, roots, codelists, scorings, faults)
    )
    places = ["common/indicators", f"{name}/indicators"]
    indicators: dict[str, IndicatorFolder] = {}
    for place in places:
        indicators |= _each_folder(roots, place, lambda path: _load_indicator(name, path, roots, datasets, faults))
    if declared is None:
        return None
    map_path = _last(roots, f"{name}/map.json")
    return Jurisdiction(
        declaration=declared,
        datasets=datasets,
        indicators=indicators,
        codelists=codelists,
        map_path=str(map_path) if map_path else None,
        scorings=scorings,
        systems=_load_systems(name, roots, datasets, faults),
    )


def _each_folder(roots: Sequence[Path], place: str, load: Callable[[Path], T | None]) -> dict[str, T]:
    paths = {path.name: path for root in roots for path in sorted((root / place).glob("*")) if path.is_dir()}
    loaded = {name: load(path) for name, path in sorted(paths.items())}
    return {name: item for name, item in loaded.items() if item is not None}


def _load_dataset(
    jurisdiction: str,
    folder: Path,
    roots: Sequence[Path],
    codelists: dict[str, Codelist],
    scorings: dict[str, ScoringRules],
    faults: list[errors.Fault],
) -> Dataset | None:
    parts = {part: _read(folder / f"{part}.yaml", roots, faults) for part in ("contract", "checks", "policy")}
    contract_file, checks_file, policy_file = parts["contract"], parts["checks"], parts["policy"]
    if not (contract_file and checks_file and policy_file):
        return None
    contract: Contract | None = validate(contract_file, Contract, faults)
    checks: Checks | None = validate(checks_file, Checks, faults)
    policy: Policy | None = validate(policy_file, Policy, faults)
    mapping_files = [_read(path, roots, faults) for path in sorted((folder / "mappings").glob("*.yaml"))]
    mappings = {item.path.stem: (item, validate(item, Mapping, faults)) for item in mapping_files if item}
    notes = _notes(folder, roots, faults)
    if not (contract and checks and policy) or any(item is None for _, item in mappings.values()):
        return None
    faults += crossref.find_contract_faults(contract_file, contract, folder=folder, codelists=codelists)
    faults += crossref.find_check_faults(checks_file, checks, contract=contract)
    faults += crossref.find_policy_faults(policy_file, policy, contract=contract, codelists=codelists)
    faults += small_cell_faults.find_policy_faults(policy_file, policy, contract=contract, scorings=scorings)
    for file, mapping in mappings.values():
        faults += crossref.find_mapping_faults(file, mapping, contract=contract)
    definitions = definitions_of(roots, contract.dataset) if (folder / "sources").is_dir() else None
    return Dataset(
        jurisdiction=jurisdiction,
        contract=contract,
        checks=checks,
        policy=policy,
        notes=notes,
        folder=contract_file,
        mappings={name: item for name, (_, item) in mappings.items()},
        policy_digest=_digest(policy_file.path),
        contract_digest=_digest(contract_file.path),
        quality=_load_quality(folder, roots, contract, faults),
        sources=load_sources(
            folder,
            label=_label(folder, roots),
            contract=contract,
            codelists=codelists,
            definitions=definitions,
            faults=faults,
        ),
        definitions=definitions,
    )


def _load_quality(
    folder: Path, roots: Sequence[Path], contract: Contract, faults: list[errors.Fault]
) -> QualityPlan | None:
    path = folder / "quality.yaml"
    file = _read(path, roots, faults) if path.is_file() else None
    plan: QualityPlan | None = validate(file, QualityPlan, faults) if file else None
    if file and plan:
        faults += quality.find_plan_faults(file, plan, contract=contract)
    return plan


def _load_indicator(
    jurisdiction: str, folder: Path, roots: Sequence[Path], datasets: dict[str, Dataset], faults: list[errors.Fault]
) -> IndicatorFolder | None:
    files = [_read(folder / f"{part}.yaml", roots, faults) for part in ("indicator", "examples")]
    if not (files[0] and files[1]):
        return None
    indicator: Indicator | None = validate(files[0], Indicator, faults)
    examples: Examples | None = validate(files[1], Examples, faults)
    if not (indicator and examples):
        return None
    if indicator.dataset not in datasets and folder.parents[1].name == "common":
        return None  # a common indicator applies only where its dataset is collected
    named = {item.dataset for item in (indicator.numerator, indicator.denominator) if item} | {indicator.dataset}
    refused = {path.name for root in roots for path in root.glob(f"{jurisdiction}/datasets/*")} - set(datasets)
    if not named & refused:  # a dataset that was refused has its own faults; none of them is the indicator's
        faults += crossref.find_indicator_faults(files[0], indicator, datasets=datasets)
    return IndicatorFolder(
        jurisdiction=jurisdiction, indicator=indicator, examples=examples, digest=_digest(files[0].path)
    )


def _load_systems(
    jurisdiction: str, roots: Sequence[Path], datasets: dict[str, Dataset], faults: list[errors.Fault]
) -> dict[str, System]:
    # A later root's file of the same name takes the earlier one's place, as a folder does.
    paths = {path.stem: path for root in roots for path in sorted((root / jurisdiction / "systems").glob("*.yaml"))}
    files = [_read(path, roots, faults) for _, path in sorted(paths.items())]
    loaded = [(item, validate(item, System, faults)) for item in files if item]
    for file, system in loaded:
        if system:
            faults += find_faults(file, system, datasets=datasets)
    return {system.system: system for _, system in loaded if system}


def _load_codelists(folders: Sequence[Path], roots: Sequence[Path], faults: list[errors.Fault]) -> dict[str, Codelist]:
    files = [_read(path, roots, faults) for folder in folders for path in sorted(folder.glob("*.yaml"))]
    loaded = [(item, validate(_with_codes(item, faults), Codelist, faults)) for item in files if item]
    for file, codelist in loaded:
        if codelist and codelist.codelist != file.path.stem:
            faults.append(file.fault("name_differs", "A code list is named as its file.", at=("codelist",)))
    return {codelist.codelist: codelist for _, codelist in loaded if codelist}


def _with_codes(file: Declaration, faults: list[errors.Fault]) -> Declaration:
    """Return the declaration of a code list with its codes; a long list names a CSV file beside it that holds them."""
    if not isinstance(file.content, dict) or "codes_from" not in file.content or "codes" in file.content:
        return file
    path = file.path.parent / Path(str(file.content["codes_from"])).name
    if not path.is_file():
        way_out = "Add the file, or list the codes here."
        faults.append(file.fault("missing_file", "The file of codes is missing.", at=("codes_from",), way_out=way_out))
        return replace(file, content={**file.content, "codes": []})
    codes = [item.model_dump() for item in _read_codes(path)]
    return replace(file, content={**file.content, "codes": codes})


def _load_scorings(
    folders: Sequence[Path], roots: Sequence[Path], faults: list[errors.Fault]
) -> dict[str, ScoringRules]:
    files = [_read(path, roots, faults) for folder in folders for path in sorted(folder.glob("*.yaml"))]
    loaded = [(item, validate(item, ScoringRules, faults)) for item in files if item]
    for file, rules in loaded:
        if rules:
            faults += small_cell_faults.find_scoring_faults(file, rules)
    return {rules.scoring: rules for _, rules in loaded if rules}


def _load_agencies(path: Path | None, roots: Sequence[Path], faults: list[errors.Fault]) -> dict[str, Codelist]:
    """Read agencies.csv (code, label, then attributes) as the code list `agencies`."""
    if path is None:
        return {}
    codes = _read_codes(path)
    if len({item.code for item in codes}) != len(codes):
        place = errors.Place(file=_label(path, roots))
        faults.append(errors.Fault(code="repeated_code", what="An agency code stands twice.", place=place))
        return {}
    title = "Reporting agencies"
    return {"agencies": Codelist(codelist="agencies", version=_digest(path)[:8], title=title, names=True, codes=codes)}


def _read_codes(path: Path) -> tuple[Code, ...]:
    """Read codes from a CSV file: code, label, the days on which each begins and ends, then attributes."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple(
        Code(
            code=row["code"],
            label=row["label"],
            valid_from=row.get("valid_from") or None,
            valid_until=row.get("valid_until") or None,
            status="to_confirm" if row.get("status") == "to_confirm" else "confirmed",
            attributes={k: v for k, v in row.items() if k not in _COLUMNS_OF_CODES and v},
        )
        for row in rows
    )


def _read(path: Path | None, roots: Sequence[Path], faults: list[errors.Fault]) -> Declaration | None:
    if path is None or not path.is_file():
        place = errors.Place(file=_label(path, roots) if path else None)
        faults.append(
            errors.Fault(
                code="missing_file",
                what="A declaration is missing.",
                way_out="Add the file.",
                place=place,
                ask=errors.RegistryRefused.who_must_act,
            )
        )
        return None
    try:
        return read_declaration(path, label=_label(path, roots))
    except errors.RegistryRefused as refusal:
        faults.extend(refusal.faults)
        return None


def _notes(folder: Path, roots: Sequence[Path], faults: list[errors.Fault]) -> str:
    path = folder / "notes.md"
    if path.is_file():
        return path.read_text(encoding="utf-8")
    place = errors.Place(file=_label(path, roots))
    faults.append(
        errors.Fault(
            code="missing_file",
            what="The notes are missing: purpose, population, what can and cannot be inferred.",
            way_out="Write them.",
            place=place,
            ask=errors.RegistryRefused.who_must_act,
        )
    )
    return ""


def _last(roots: Sequence[Path], place: str) -> Path | None:
    found = [root / place for root in roots if (root / place).is_file()]
    return found[-1] if found else None


def _label(path: Path, roots: Sequence[Path]) -> str:
    for root in roots:
        if path.is_relative_to(root):
            return f"{root.name}/{path.relative_to(root).as_posix()}"
    return path.name


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
