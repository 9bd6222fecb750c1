"""Makes sealed releases of an invented jurisdiction: twelve counties, ten years, every kind of empty cell."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from openjustice.contracts import ledger, release
from openjustice.contracts.release import CatalogEntry, Declarations, Product, ProductKind, ReleaseManifest
from openjustice.contracts.translations import Translations, read_entries
from openjustice.ground import engine
from openjustice.ground.terms import Approval, Plane
from openjustice.public.store import intake

Row = dict[str, Any]

COUNTIES: dict[str, tuple[str, int]] = {
    "01": ("Aldermoor", 3_214_000),
    "02": ("Bramblewick", 1_408_000),
    "03": ("Cinderford", 772_000),
    "04": ("Dunmere", 418_000),
    "05": ("Eastholm", 236_000),
    "06": ("Fenwater", 148_000),
    "07": ("Glasswick", 88_000),
    "08": ("Harrowdale", 46_000),
    "09": ("Ivoryhead", 21_400),
    "10": ("Juniper Flats", 9_300),
    "11": ("Kestrel Bluff", 4_100),
    "12": ("Lowmark", 2_050),
}
YEARS = tuple(str(year) for year in range(2014, 2024))
MANNERS = {
    "natural": ("Natural", 0.52),
    "suicide": ("Suicide", 0.16),
    "accident": ("Accidental", 0.12),
    "homicide_officer": ("Homicide, by law enforcement", 0.11),
    "homicide_other": ("Homicide, by another person", 0.04),
    "pending": ("Pending investigation", 0.05),
}
SEXES = {"female": "Female", "male": "Male"}
DATASET, CONTEXT = "custody_deaths", "county_profile"
FIRST, SECOND = "2024-05-01.1", "2024-09-16.1"

JURISDICTION: Row = {
    "jurisdiction": "demo",
    "title": "State of Meridia (invented)",
    "invented": True,
    "language": "en-US",
    "says": "An invented state with twelve invented counties. No person, agency, place or number in it is real.",
    "area_codelist": "counties",
    "area_noun": "county",
    "area_noun_plural": "counties",
    "publisher": {
        "name": "Meridia Office of Justice Statistics (invented)",
        "homepage": "https://meridia.example/",
        "contact_name": "Meridia statistics desk",
        "contact_email": "statistics@meridia.example",
    },
    "license": {"title": "CC0 1.0 Universal", "url": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "base_address": "https://data.meridia.example/",
}


def _codelist(name: str, title: str, labels: Mapping[str, str], attributes: Mapping[str, Row] | None = None) -> Row:
    codes = [{"code": c, "label": label, "attributes": (attributes or {}).get(c, {})} for c, label in labels.items()]
    return {"codelist": name, "version": "1", "title": title, "codes": codes}


CODELISTS: dict[str, Row] = {
    "counties": _codelist(
        "counties",
        "Counties of Meridia",
        {code: name for code, (name, _) in COUNTIES.items()},
        {code: {"population": people} for code, (_, people) in COUNTIES.items()},
    ),
    "manner": _codelist("manner", "Manner of death", {code: label for code, (label, _) in MANNERS.items()}),
    "sex": _codelist("sex", "Sex", SEXES),
}


def _field(kind: str, role: str, says: str, **more: Any) -> Row:
    return {"type": kind, "role": role, "says": says, **more}


CONTRACT: Row = {
    "dataset": DATASET,
    "version": "3",
    "title": "Deaths in custody",
    "unit": "one death",
    "persons": True,
    "says": "Every death of a person in the custody of a Meridian agency, as reported by the agency.",
    "legal_basis": "Meridia Custody Act, section 9 (invented)",
    "reporters": "every agency that holds people",
    "period": {"grain": "year", "due_days": 60, "field": "death_date"},
    "reporter_field": "agency",
    "key": ["record_id"],
    "fields": {
        "record_id": _field("string", "direct_identifier", "The agency's own number for the death."),
        "death_date": _field("date", "quasi_identifier", "The day of death."),
        "county": _field("code", "quasi_identifier", "The county where the death occurred.", codelist="counties"),
        "agency": _field("string", "quasi_identifier", "The agency that held the person."),
        "sex": _field("code", "quasi_identifier", "Sex as recorded by the agency.", codelist="sex"),
        "age": _field("integer", "quasi_identifier", "Age in whole years at death.", unit="years"),
        "manner": _field("code", "sensitive", "The manner of death as certified by the coroner.", codelist="manner"),
    },
    "maturity": {
        "field": "manner",
        "pending": ["pending"],
        "period_field": "death_date",
        "provisional_over": 0.02,
        "says": "The manner of a recent death may still be pending; later vintages fill it in.",
    },
    "breaks": [{"at": "2017", "field": "manner", "says": "From 2017 deaths during arrest are reported as well."}],
    "warnings": ["late_reporters"],
    "keywords": ["custody", "deaths"],
}
POLICY: Row = {
    "policy": DATASET,
    "version": 2,
    "in_force_from": "2024-01-15",
    "checkers": 2,
    "says": "Counts under five are withheld, with as many others as needed so that they cannot be worked out.",
    "signed": [{"name": "Chief statistician", "on": "2024-01-10"}, {"name": "Privacy officer", "on": "2024-01-12"}],
    "scenarios": {
        "press": {
            "says": "A reader of the press knows the year, county, sex and age of someone who died.",
            "key": ["death_year", "county", "sex", "age_band"],
            "knows": "target is in the data",
        }
    },
    "special_populations": {
        "juveniles": {
            "says": "People under 18",
            "where": "age < 18",
            "rule": "tables_only",
            "reason": "There are too few to hide in.",
        }
    },
    "tiers": {
        "public": {
            "recode": {
                "death_year": {
                    "of": "death_date",
                    "method": "truncate",
                    "to": "year",
                    "title": "Year of death",
                    "says": "Only the year.",
                    "role": "quasi_identifier",
                },
                "county": {
                    "of": "county",
                    "method": "keep",
                    "title": "County",
                    "says": "As reported.",
                    "role": "quasi_identifier",
                },
                "manner": {
                    "of": "manner",
                    "method": "keep",
                    "title": "Manner of death",
                    "says": "As reported.",
                    "role": "sensitive",
                },
                "sex": {
                    "of": "sex",
                    "method": "keep",
                    "title": "Sex",
                    "says": "As reported.",
                    "role": "quasi_identifier",
                },
                "age_band": {
                    "of": "age",
                    "method": "bands",
                    "cuts": [0, 20, 40, 60],
                    "title": "Age band",
                    "says": "Twenty-year bands.",
                    "role": "quasi_identifier",
                },
            },
            "microdata": {
                "variables": ["death_year", "sex", "age_band", "manner"],
                "maximum_reidentification_rate": 0.2,
                "require": [{"scenario": "press", "k": 5, "l": {"manner": 2}}],
            },
            "tables": {
                "method": "cell_suppression",
                "minimum_frequency": 5,
                "audit": ["interval", "differencing"],
                "rate_minimum_numerator": 10,
                "source": "invented",
            },
        }
    },
}
NOTES = """# Deaths in custody

## Purpose
To let the public see how many people die while an agency is responsible for them.

## Population
Every death in jails, prisons and during arrest. *Not* counted: deaths after release.

## What can be inferred
- How many deaths were reported.

## What cannot be inferred
- Whether an agency caused a death.
"""


def _indicator(name: str, **more: Any) -> Row:
    return {
        "indicator": name,
        "dataset": DATASET,
        "interval": "poisson",
        "period_variable": "death_year",
        "headline": "year",
        "flags": ["MATURITY", "DEF_CHANGE"],
        **more,
    }


_BREAKDOWNS: Row = {
    "year": {"variables": ["death_year"], "title": "By year", "chart": "line"},
    "county": {"variables": ["county"], "title": "By county, all years together", "chart": "map"},
    "year_county": {"variables": ["death_year", "county"], "title": "By year and county", "chart": "none"},
}
INDICATORS: dict[str, Row] = {
    "deaths_count": {
        "indicator": _indicator(
            "deaths_count",
            title="Deaths in custody",
            question="How many people die in custody?",
            says="The number of deaths reported.",
            unit="deaths",
            interval="none",
            decimals=0,
            numerator={"dataset": DATASET, "says": "Each reported death counts once."},
            breakdowns={
                **_BREAKDOWNS,
                "manner": {"variables": ["manner"], "title": "By manner of death", "chart": "bar"},
                "year_manner": {
                    "variables": ["death_year", "manner"],
                    "title": "By year and manner",
                    "chart": "stacked",
                    "note": "Pending deaths move to a manner in later vintages.",
                },
                "year_sex": {"variables": ["death_year", "sex"], "title": "By year and sex", "chart": "line"},
            },
            can_infer=["How many deaths agencies reported in a year."],
            cannot_infer=["Whether custody caused a death.", "Whether one county is more dangerous than another."],
        ),
        "examples": {
            "indicator": "deaths_count",
            "examples": [
                {
                    "title": "Three deaths in two years",
                    "says": "Each row is one death; the total is their number.",
                    "given": {
                        DATASET: [
                            {"death_year": "2022", "county": "01"},
                            {"death_year": "2023", "county": "01"},
                            {"death_year": "2023", "county": "02"},
                        ]
                    },
                    "breakdown": "year",
                    "expect": [
                        {"death_year": "2022", "value": 1},
                        {"death_year": "2023", "value": 2},
                        {"death_year": "_T", "value": 3},
                    ],
                }
            ],
        },
    },
    "deaths_rate": {
        "indicator": _indicator(
            "deaths_rate",
            title="Deaths in custody per 100,000 residents",
            unit="per 100,000 residents",
            per=100_000,
            question="How often do people die in custody, for the size of the population?",
            says="Deaths divided by residents, times 100,000. This is not a rate of people in custody.",
            numerator={"dataset": DATASET, "says": "Each reported death counts once."},
            denominator={
                "dataset": "population",
                "sum": "residents",
                "says": "Residents in the middle of the year.",
                "by": {"death_year": "year", "county": "county"},
            },
            breakdowns=_BREAKDOWNS,
            can_infer=["How the number of deaths compares with the number of residents."],
            cannot_infer=["The risk of a person in custody."],
        ),
        "examples": {
            "indicator": "deaths_rate",
            "examples": [
                {
                    "title": "Two deaths among 400,000 residents",
                    "says": "2 / 400,000 x 100,000 = 0.5.",
                    "given": {
                        DATASET: [{"death_year": "2022"}, {"death_year": "2022"}],
                        "population": [{"year": "2022", "residents": 400_000}],
                    },
                    "breakdown": "year",
                    "expect": [{"death_year": "2022", "value": 0.5}],
                }
            ],
        },
    },
}
CONTEXT_CONTRACT: Row = {
    "dataset": CONTEXT,
    "version": "1",
    "title": "County profile",
    "unit": "one county",
    "persons": False,
    "says": "What kind of place each county is.",
    "legal_basis": "none needed: no persons",
    "reporters": "the publisher",
    "period": {"grain": "year", "due_days": 0},
    "key": ["county"],
    "fields": {
        "county": _field("code", "non_sensitive", "The county.", codelist="counties", title="County"),
        "population": _field("integer", "non_sensitive", "Residents.", unit="residents", title="Population"),
        "median_income": _field(
            "number", "non_sensitive", "Median income of a household.", unit="dollars", title="Median household income"
        ),
        "poverty_pct": _field(
            "number", "non_sensitive", "Residents under the poverty line.", unit="%", title="In poverty"
        ),
        "unemployment_pct": _field(
            "number",
            "non_sensitive",
            "Out of work, of the labor force.",
            unit="%",
            title="Unemployment",
            required=False,
        ),
    },
}
CONTEXT_POLICY: Row = {
    "policy": CONTEXT,
    "version": 1,
    "in_force_from": "2024-01-15",
    "checkers": 2,
    "says": "No persons: nothing to protect.",
    "signed": [{"name": "Chief statistician", "on": "2024-01-10"}],
    "tiers": {
        "public": {
            "recode": {
                name: {"of": name, "method": "keep", "says": "As it is.", "role": "non_sensitive"}
                for name in CONTEXT_CONTRACT["fields"]
            }
        }
    },
}
# Two examples over the same dataset, since most indicators have several.
INDICATORS["deaths_count"]["examples"]["examples"].append(
    INDICATORS["deaths_count"]["examples"]["examples"][0] | {"title": "The same three deaths again"}
)
COMPARABILITY: Row = {
    "MATURITY": {"says": "Recent years are not final.", "display": "provisional mark"},
    "DEF_CHANGE": {"says": "The definition changed.", "display": "break the line, no change over the break"},
}

Truth = dict[tuple[str, str, str, str], int]


def invent_deaths(*, seed: int = 7, late: int = 0) -> Truth:
    """Invent deaths by year, county, manner and sex; the last year has many pending, the smallest county never any."""
    random = Random(seed)
    made: Truth = {}
    for index, year in enumerate(YEARS):
        for county, (_, people) in COUNTIES.items():
            for (manner, (_, share)), sex in product(MANNERS.items(), SEXES):
                pending = 4.0 if manner == "pending" and index > 7 else 0.02 if manner == "pending" else 1.0
                mean = (
                    people / 100_000 * 2.2 * share * pending * (0.12 if sex == "female" else 0.88) * (1 + index * 0.02)
                )
                count = round(max(0.0, random.gauss(mean, mean**0.5)))
                made[year, county, manner, sex] = 0 if county == "12" else count
    made["2022", "01", "natural", "male"] += late
    return made


PARTS = ("death_year", "county", "manner", "sex")
CODES = {"death_year": YEARS, "county": tuple(COUNTIES), "manner": tuple(MANNERS), "sex": tuple(SEXES)}


def published_rows(name: str, variables: Sequence[str], *, truth: Truth) -> list[Row]:
    """Make one published table: the cube with its totals, small counts withheld, marks where they belong."""
    rows = []
    for codes in product(*((*CODES[variable], "_T") for variable in variables)):
        cell = dict(zip(variables, codes, strict=True))
        wanted = [cell.get(part, "_T") for part in PARTS]
        count = sum(n for key, n in truth.items() if all(w in ("_T", k) for w, k in zip(wanted, key, strict=True)))
        rows.append(cell | _numbers(name, cell, count))
    return rows


def _numbers(name: str, cell: Row, count: int) -> Row:
    year = cell.get("death_year", "_T")
    hidden = 0 < count < 5
    numbers: Row = {
        "numerator": None if hidden else count,
        "numerator_marker": "c" if hidden else None,
        "denominator": None,
        "denominator_marker": "z",
        "value": None if hidden else float(count),
        "value_low": None,
        "value_high": None,
        "value_marker": "c" if hidden else None,
        "coverage": 0.92 if year == "2023" else 1.0,
        "status_marker": {"2023": "p", "2022": "p", "2017": "b"}.get(year),
    }
    return numbers if name == "deaths_count" else numbers | _rate(cell, count, hidden=hidden)


def _rate(cell: Row, count: int, *, hidden: bool) -> Row:
    county, year = cell.get("county", "_T"), cell.get("death_year", "_T")
    people = sum(n for code, (_, n) in COUNTIES.items() if county in (code, "_T")) * (len(YEARS) if year == "_T" else 1)
    if year == "2014":  # the population of that year is not known
        return {"denominator": None, "denominator_marker": "x", "value": None, "value_marker": "x"}
    if hidden:
        return {"denominator": float(people), "denominator_marker": None}
    if count < 10 and county not in ("_T", "12"):
        return {"denominator": float(people), "denominator_marker": None, "value": None, "value_marker": "x"}
    spread = 1.96 * max(count, 1) ** 0.5
    scale = 100_000 / people
    return {
        "denominator": float(people),
        "denominator_marker": None,
        "value": round(count * scale, 1),
        "value_marker": None,
        "value_low": round(max(0.0, count - spread) * scale, 1),
        "value_high": round((count + spread) * scale, 1),
    }


TYPES = {
    "numerator": "BIGINT",
    "numerator_marker": "VARCHAR",
    "denominator": "DOUBLE",
    "denominator_marker": "VARCHAR",
    "value": "DOUBLE",
    "value_low": "DOUBLE",
    "value_high": "DOUBLE",
    "value_marker": "VARCHAR",
    "coverage": "DOUBLE",
    "status_marker": "VARCHAR",
}


def microdata_rows(*, truth: Truth) -> list[Row]:
    """Make the protected record file: coarse variables, some of them blank by protection."""
    rows = []
    for (year, county, manner, sex), count in truth.items():
        for index in range(count if county in ("01", "02") else 0):
            age = ("0-19", "20-39", "40-59", "60+")[(index + int(year)) % 4]
            rows.append({"death_year": year, "sex": sex, "age_band": None if index % 9 == 8 else age, "manner": manner})
    return rows


def context_rows() -> list[Row]:
    """Make the counties' profile; one figure is not available."""
    return [
        {
            "county": code,
            "population": people,
            "median_income": 41_000.0 + 1_900 * index,
            "poverty_pct": round(21 - index * 0.9, 1),
            "unemployment_pct": None if code == "12" else round(9 - index * 0.4, 1),
        }
        for index, (code, (_, people)) in enumerate(COUNTIES.items())
    ]


def geojson() -> Row:
    """Make a map of twelve squares; planar coordinates, y downward."""
    features = []
    for index, (code, (name, _)) in enumerate(COUNTIES.items()):
        x, y = (index % 4) * 100, (index // 4) * 80
        ring = [[x, y], [x + 100, y], [x + 100, y + 80], [x + 40, y + 92], [x, y + 80], [x, y]]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": code, "name": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def make_public_folder(folder: Path, *, with_map: bool = True) -> Path:
    """Make a public store with three sealed releases: a profile and two vintages of the deaths. Returns the folder."""
    truth = invent_deaths()
    note = "Three deaths of 2022 that were reported late are now counted."
    manifests = [
        _seal(folder, CONTEXT, FIRST, at="2024-05-01T09:00:00Z", products=_context_products(), with_map=with_map),
        _seal(folder, DATASET, FIRST, at="2024-05-01T10:00:00Z", products=_products(truth), with_map=with_map),
        _seal(
            folder,
            DATASET,
            SECOND,
            at="2024-09-16T10:00:00Z",
            products=_products(invent_deaths(late=3)),
            with_map=with_map,
            supersedes=f"demo/{DATASET}/{FIRST}",
            note=note,
        ),
    ]
    _write_ledger(folder, manifests)
    entries = tuple(CatalogEntry(address=m.address, manifest=m.digest, sealed_at=m.sealed_at) for m in manifests)
    intake.write_catalog(folder, entries=entries)
    return folder


def metadata(dataset: str) -> Row:
    """Make what a release says of its dataset."""
    is_context = dataset == CONTEXT
    contract, policy = (CONTEXT_CONTRACT, CONTEXT_POLICY) if is_context else (CONTRACT, POLICY)
    lists = {field["codelist"] for field in contract["fields"].values() if "codelist" in field}
    return {
        "jurisdiction": JURISDICTION,
        "contract": contract,
        "policy": policy,
        "notes": "# County profile\n\nContext.\n" if is_context else NOTES,
        "codelists": {name: CODELISTS[name] for name in sorted({*lists, "counties"})},
        "variables": {
            name: _variable(name, item, contract) for name, item in policy["tiers"]["public"]["recode"].items()
        },
        "indicators": {} if is_context else INDICATORS,
        "comparability": COMPARABILITY,
        "quality": {
            "reporters": []
            if is_context
            else [
                {"code": "Jail", "label": "Jail", "reporters": 11, "rows": None},
                {"code": "Prison", "label": "Prison", "reporters": 2, "rows": None},
            ],
            "completeness": dict.fromkeys(contract["fields"], 1.0),
            "maturity": []
            if is_context
            else [
                {"period": year, "pending_share": None if year == "2021" else 0.09 if year > "2021" else 0.0}
                for year in YEARS
            ],
            "reporting": []
            if is_context
            else [{"period": "2022", "owed": 40, "reported": 37, "none_stated": None, "late": 4, "missing": 3}],
            "assessment": None if is_context else {"on": "2024-01-20", "tests": 1200, "unusual": 5},
        },
    }


def _variable(name: str, recoding: Row, contract: Row) -> Row:
    declared = contract["fields"][recoding["of"]]
    codes = CODELISTS[declared["codelist"]]["codes"] if "codelist" in declared and recoding["method"] == "keep" else []
    return {
        "title": recoding.get("title") or declared.get("title") or name,
        "says": recoding["says"],
        "of": recoding["of"],
        "method": recoding["method"],
        "role": recoding["role"],
        "unit": declared.get("unit"),
        "type": "number" if declared["type"] in ("integer", "number") and recoding["method"] == "keep" else "code",
        "labels": {item["code"]: item["label"] for item in codes},
    }


Table = tuple[str, ProductKind, dict[str, str], list[Row]]


def _context_products() -> Iterator[Table]:
    types = {"integer": "BIGINT", "number": "DOUBLE"}
    columns = {name: types.get(field["type"], "VARCHAR") for name, field in CONTEXT_CONTRACT["fields"].items()}
    yield CONTEXT, ProductKind.MICRODATA, columns, context_rows()


def _products(truth: Truth) -> Iterator[Table]:
    for name, item in INDICATORS.items():
        for breakdown, declared in item["indicator"]["breakdowns"].items():
            variables = declared["variables"]
            rows = published_rows(name, variables, truth=truth)
            yield f"{name}__by_{breakdown}", ProductKind.TABLE, dict.fromkeys(variables, "VARCHAR") | TYPES, rows
    columns = dict.fromkeys(("death_year", "sex", "age_band", "manner"), "VARCHAR")
    yield DATASET, ProductKind.MICRODATA, columns, microdata_rows(truth=truth)


def _seal(
    folder: Path,
    dataset: str,
    vintage: str,
    *,
    at: str,
    products: Iterator[Table],
    with_map: bool,
    supersedes: str | None = None,
    note: str | None = None,
) -> ReleaseManifest:
    content = metadata(dataset)
    place = folder / "releases" / "demo" / dataset / vintage
    made = [*_write_tables(place, products), *_write_words(place, content | {"map": geojson() if with_map else None})]
    checkers = (("Checker One", "statistician"), ("Checker Two", "privacy officer"))
    manifest = ReleaseManifest(
        address=f"demo/{dataset}/{vintage}",
        jurisdiction="demo",
        dataset=dataset,
        vintage=vintage,
        title=content["contract"]["title"],
        sealed_at=at,
        sealed_by="Release Manager",
        author="Drafter",
        draft_digest="d" * 64,
        supersedes=supersedes,
        revision_note=note,
        invented=True,
        products=tuple(made),
        approvals=tuple(Approval(checker=name, role=role, at=at, digest="d" * 64) for name, role in checkers),
        declarations=Declarations(
            contract="c" * 64,
            policy="p" * 64,
            policy_version=content["policy"]["version"],
            indicators=(),
            program="0.1.0",
        ),
    )
    (place / "manifest.json").write_text(release.as_json(manifest), encoding="utf-8")
    return manifest


def _write_tables(place: Path, products: Iterator[Table]) -> Iterator[Product]:
    for part in ("tables", "microdata"):
        (place / part).mkdir(parents=True, exist_ok=True)
    with engine.open_memory(plane=Plane.PUBLIC, directory=place) as opened:
        for name, kind, columns, rows in products:
            values = [[row[column] for column in columns] for row in rows]
            table = opened.make_table(name, columns=columns, rows=values, plane=Plane.PUBLIC)
            path = f"{'tables' if kind is ProductKind.TABLE else 'microdata'}/{name}.parquet"
            opened.write_parquet(table, place / path)
            yield _product(place, name, kind, path, rows=len(rows), columns=table.columns)


def _write_words(place: Path, content: Row) -> Iterator[Product]:
    words = {
        ProductKind.METADATA: ("metadata.json", json.dumps(content, indent=1, sort_keys=True)),
        ProductKind.REPORT: ("report.json", json.dumps({"tables": [], "suppression": {"age_band": 0.11}})),
        ProductKind.REPORT_PAGE: ("report.html", "<!doctype html><html lang=en><title>Disclosure report</title>"),
        ProductKind.TRACE: ("trace.json", json.dumps({"tables": {}})),
    }
    for kind, (path, text) in words.items():
        (place / path).write_text(text, encoding="utf-8")
        yield _product(place, kind.value, kind, path)


def _product(
    place: Path,
    name: str,
    kind: ProductKind,
    path: str,
    *,
    rows: int | None = None,
    columns: tuple[tuple[str, str], ...] = (),
) -> Product:
    file = place / path
    return Product(
        id=name,
        kind=kind,
        path=path,
        sha256=release.file_digest(file),
        bytes=file.stat().st_size,
        rows=rows,
        columns=columns,
    )


def _write_ledger(folder: Path, manifests: Sequence[ReleaseManifest]) -> None:
    lines: tuple[ledger.LedgerLine, ...] = ()
    for item in manifests:
        line = ledger.LedgerLine(
            number=0,
            at=item.sealed_at,
            actor=item.sealed_by,
            release=item.address,
            manifest=item.digest,
            policy=item.declarations.policy,
            draft=item.draft_digest,
            approvals=item.approvals,
            revision_note=item.revision_note,
            previous="",
        )
        lines = (*lines, ledger.chain_after(lines, line))
    (folder / "ledger.jsonl").write_text("".join(line.as_text() for line in lines), encoding="utf-8")


def spanish() -> dict[str, tuple[Translations, ...]]:
    """Return the words of Meridia in Spanish, as a build takes them."""
    path = Path(__file__).parent / "meridia_es.po"
    words = {("", text): translated for _, text, translated in read_entries(path)}
    names = {("", name): name for name, _ in COUNTIES.values()}
    return {"demo": (Translations("es-US", words | names),)}
