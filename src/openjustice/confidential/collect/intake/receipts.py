"""Receipts that an agency can show: what was received, whole, and when, signed by the home's own key (Ed25519, RFC 8032)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from openjustice.contracts.release import canonical_json
from openjustice.ground import durable, errors

FILE = "receipt.key"
SEED_BYTES = 32
_WORDS = ("receipt", "submission", "dataset", "reporter", "period", "file_name", "bytes", "sha256", "received_at")


def keep_key(home: Path, *, seed: bytes) -> None:
    """Keep the key of the receipts where there is none yet; a key is never replaced, or old receipts could not be shown."""
    path = home / "keys" / FILE
    if not path.exists():
        durable.write_file(path, seed.hex())
        path.chmod(0o600)


def read_key(home: Path) -> Ed25519PrivateKey:
    """Return the key of the receipts; raises RegistryRefused where it is missing or open to others."""
    path = home / "keys" / FILE
    if not path.is_file() or path.stat().st_mode & 0o077:
        raise errors.RegistryRefused.because(
            "receipt_key", "The key of the receipts is missing, or others can read it.",
            way_out="Run openjustice intake token, or chmod 600 on it.", ask="the administrator of the home",
        )  # fmt: skip
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text(encoding="ascii").strip()))


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the public half of a key as hexadecimal digits."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def sign(words: dict[str, Any], *, key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return the receipt: the words, the public key and the signature over their canonical JSON."""
    told = {"receipt": 1, **words}
    return {**told, "key": public_text(key), "signature": key.sign(canonical_json(told)).hex()}


def verify(receipt: dict[str, Any], *, public: str) -> None:
    """Raise SubmissionRefused unless a receipt was signed, word for word, with this public key."""
    try:
        told = {name: receipt[name] for name in _WORDS}
        known = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        known.verify(bytes.fromhex(receipt["signature"]), canonical_json(told))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        raise errors.SubmissionRefused.because(
            "receipt_not_ours", "This receipt was not signed by this home, or has been changed.",
            way_out="Compare the key with the one the intake gives at /v1/key.",
        ) from None  # fmt: skip
