"""What a jurisdiction is: its name, publisher, license, areas, reporters, and whether it is invented."""

from __future__ import annotations

from dataclasses import dataclass, field

from openjustice.contracts.dataset import Checks, Codelist, Contract, Mapping
from openjustice.contracts.declaration import Declaration, Declared, Words
from openjustice.contracts.indicator import Examples, Indicator
from openjustice.contracts.policy import Policy
from openjustice.contracts.quality import QualityPlan
from openjustice.contracts.small_cells import ScoringRules
from openjustice.contracts.source import Source
from openjustice.contracts.system import System
from openjustice.standards.definitions import Definitions


class Publisher(Declared):
    """Who answers for what is published."""

    name: Words
    homepage: str
    contact_name: Words
    contact_email: str


class LicenseTerms(Declared):
    """The license of what is published."""

    title: str
    url: str


class JurisdictionDeclaration(Declared):
    """The jurisdiction.yaml of one registry folder; `languages`: those its pages are made in, beside its own `language`."""

    jurisdiction: str
    title: Words
    says: Words
    invented: bool = False
    language: str = "en-US"
    languages: tuple[str, ...] = ()
    area_codelist: str
    area_noun: Words
    area_noun_plural: Words
    publisher: Publisher
    license: LicenseTerms
    base_address: str


@dataclass(frozen=True)
class Dataset:
    """One dataset folder, loaded: everything that is declared about it."""

    jurisdiction: str
    contract: Contract
    checks: Checks
    policy: Policy | None
    mappings: dict[str, Mapping]
    notes: str
    folder: Declaration = field(repr=False)
    policy_digest: str = ""
    contract_digest: str = ""
    quality: QualityPlan | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    definitions: Definitions | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        """Return the dataset's own name."""
        return self.contract.dataset

    @property
    def address(self) -> str:
        """Return the dataset's address: `<jurisdiction>/<dataset>`."""
        return f"{self.jurisdiction}/{self.contract.dataset}"


@dataclass(frozen=True)
class IndicatorFolder:
    """One indicator folder, loaded, with its worked examples."""

    jurisdiction: str
    indicator: Indicator
    examples: Examples
    digest: str = ""


@dataclass(frozen=True)
class Jurisdiction:
    """One jurisdiction, loaded: its datasets, indicators, code lists and reporters."""

    declaration: JurisdictionDeclaration
    datasets: dict[str, Dataset]
    indicators: dict[str, IndicatorFolder]
    codelists: dict[str, Codelist]
    map_path: str | None = None
    scorings: dict[str, ScoringRules] = field(default_factory=dict)
    systems: dict[str, System] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the jurisdiction's own name."""
        return self.declaration.jurisdiction

    def codelist(self, reference: str) -> Codelist:
        """Return a code list by its reference, `name` or `name@version`."""
        return self.codelists[reference.partition("@")[0]]

    def indicators_of(self, dataset: str) -> dict[str, IndicatorFolder]:
        """Return the indicators whose numerator is counted over a dataset."""
        return {name: item for name, item in self.indicators.items() if item.indicator.dataset == dataset}
