"""Asks the query service thousands of questions made from its own OpenAPI document, good and bad, and injections.

python benchmarks/service/bad_questions.py PUBLIC [--count N]. PUBLIC is a public folder. Counts the answers by status, and stops
at the first that is a server's error, that is no problem document, or that names no parameter.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from openjustice.public.service import limits, run

INJECTIONS = (
    "' OR '1'='1", '"; DROP TABLE x; --', "1); ATTACH '/etc/passwd' AS p; --", "$v0", "\\x00", "%2e%2e%2f", "*/ SELECT 1 /*",
    "read_csv('/etc/passwd')", "pragma_database_list()", "COPY x TO 'y'", "${jndi:ldap://x}", "{{7*7}}", "\ud83d\ude00" * 40,
    "-9223372036854775809", "1e400", "NaN", "0x10", "١٢", "\u202e", "a" * 4000,
)  # fmt: skip
ENDINGS = ("", ".is", ".not", ".min", ".max", ".empty", ".other", "..", ".min.max")


def main() -> None:
    """Ask, count, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("public", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parsed = parser.parse_args()
    seen: Counter[tuple[str, int]] = Counter()
    with run.open_app(parsed.public, limits=limits.read_limits()) as app:
        client = TestClient(app, raise_server_exceptions=False)
        document = client.get("/openapi.json").json()
        schema = schemathesis.openapi.from_dict(document)
        operations = [item.ok() for item in schema.get_all_operations()]
        made = {
            mode.name.lower(): st.sampled_from(operations).flatmap(
                lambda item, mode=mode: item.as_strategy(generation_mode=mode)
            )
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        }
        made["injection"] = injections(document)
        share = {"positive": 0.35, "negative": 0.35, "injection": 0.3}
        for kind, strategy in made.items():
            ask_many(client, kind, strategy, round(parsed.count * share[kind]), seen)
    for (kind, status), count in sorted(seen.items()):
        print(f"{kind}: {count:,} answered {status}")
    print(
        f"{sum(seen.values()):,} questions, 0 server errors, every refusal a problem document that names its parameters"
    )


def ask_many(client, kind, strategy, count, seen):
    """Ask so many questions of one kind."""

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @seed(1)
    @given(strategy)
    def one(asked):
        path, query = asked if isinstance(asked, tuple) else (asked.formatted_path, asked.query)
        try:
            answer = client.get(path, params=query)
        except (UnicodeError, ValueError, httpx.InvalidURL):  # not an address that any client can send
            seen["not sendable", 0] += 1
            return
        seen[kind, answer.status_code] += 1
        assert answer.status_code < 500, (path, answer.status_code)
        if answer.status_code >= 400:
            told = answer.json()
            assert told["status"] == answer.status_code
            assert told["title"]
            assert answer.status_code != 400 or all("parameter" in item for item in told["errors"])

    one()


def injections(document):
    """Return a strategy of addresses that try to be more than a question."""
    paths = sorted(document["paths"])
    names = sorted(
        {
            item["name"].partition(".")[0]
            for path in document["paths"].values()
            for item in path["get"].get("parameters", ())
        }
    )
    text = st.one_of(st.sampled_from(INJECTIONS), st.text(max_size=30))
    key = st.one_of(
        st.builds(lambda name, ending: name + ending, st.sampled_from(names), st.sampled_from(ENDINGS)), text
    )
    path = st.one_of(
        st.sampled_from(paths), st.builds(lambda start, end: f"{start}/{end}", st.sampled_from(paths), text)
    )
    return st.tuples(path, st.dictionaries(key, text, max_size=4))


if __name__ == "__main__":
    main()
