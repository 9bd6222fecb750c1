"""The tokens by which an agency's machine is known: only their digests are kept, in a file for the home's owner alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from openjustice.ground import durable, errors

FILE = "intake_tokens.json"
PREFIX = "oji_"
SECRET_BYTES = 32


@dataclass(frozen=True)
class Token:
    """One token as it is kept: whose it is, its digest, and when it was made and revoked."""

    reporter: str
    digest: str
    made_at: str
    revoked_at: str | None = None


def make_token(home: Path, *, reporter: str, secret: bytes, at: str) -> str:
    """Make a token for a reporter and return it: it is shown this once. `secret` is random, and never used twice."""
    text = PREFIX + secret.hex()
    _write(home, [*read_tokens(home), Token(reporter=reporter, digest=_digest(text), made_at=at)])
    return text


def revoke_tokens(home: Path, *, reporter: str, at: str) -> int:
    """Revoke every token of a reporter and return how many there were; the file keeps when each was made and revoked."""
    known = read_tokens(home)
    mine = [item for item in known if item.reporter == reporter and item.revoked_at is None]
    if not mine:
        raise errors.AccessRefused.because(
            "token_unknown", "This reporter has no token that could be revoked.", way_out="openjustice intake tokens lists them.",
        )  # fmt: skip
    _write(home, [Token(item.reporter, item.digest, item.made_at, at) if item in mine else item for item in known])
    return len(mine)


def read_tokens(home: Path) -> list[Token]:
    """Return every token that was ever made, as it is kept."""
    path = home / "keys" / FILE
    return [Token(**item) for item in json.loads(path.read_bytes())] if path.is_file() else []


def find_reporter(home: Path, text: str) -> str | None:
    """Return whose token this is, or None where it is nobody's or was revoked; takes as long whatever it is compared with."""
    given, found = _digest(text), None
    for item in read_tokens(home):
        if hmac.compare_digest(item.digest, given) and item.revoked_at is None:
            found = item.reporter
    return found


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(home: Path, tokens: list[Token]) -> None:
    path = home / "keys" / FILE
    durable.write_file(path, json.dumps([asdict(item) for item in tokens], indent=2) + "\n")
    path.chmod(0o600)
