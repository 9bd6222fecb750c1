"""Reads and makes the keys of the office, each a file in the home that its owner alone may read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openjustice.contracts.declaration import Declared, read_declaration, validate
from openjustice.ground import durable, errors

SECRET, CHECKPOINT_KEY, CHECKPOINT_PUBLIC = "office.secret", "checkpoint.key", "checkpoint.pub"
SECRET_BYTES = SEED_BYTES = 32


class Provider(Declared):
    """One OpenID Connect provider: whom people of an authority sign in with."""

    id: str
    name: str
    client_id: str
    secret: str
    server_url: str


class Providers(Declared):
    """The file `keys/providers.yaml`."""

    providers: list[Provider]


def make_keys(home: Path, *, secret: bytes, seed: bytes) -> None:
    """Keep the secret of the sessions and the key of the checkpoints where none is yet; keys are never replaced."""
    folder = home / "keys"
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    for name, content in ((SECRET, secret.hex()), (CHECKPOINT_KEY, seed.hex())):
        if not (folder / name).exists():
            durable.write_file(folder / name, content)
            (folder / name).chmod(0o600)
    if not (folder / CHECKPOINT_PUBLIC).exists():
        durable.write_file(folder / CHECKPOINT_PUBLIC, public.hex())


def read_secret(home: Path) -> str:
    """Return the secret that sessions and links are signed with; raises RegistryRefused where the office is not set up."""
    return _read(home / "keys" / SECRET)


def read_checkpoint_key(home: Path) -> Ed25519PrivateKey:
    """Return the key that checkpoints are signed with."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(_read(home / "keys" / CHECKPOINT_KEY)))


def read_checkpoint_public(home: Path) -> str:
    """Return the public key that checkpoints are verified with."""
    return _read(home / "keys" / CHECKPOINT_PUBLIC)


def read_providers(home: Path) -> dict[str, Any]:
    """Return the OpenID Connect providers of `keys/providers.yaml`; none where there is no such file."""
    path = home / "keys" / "providers.yaml"
    if not path.is_file():
        return {}
    faults: list[errors.Fault] = []
    declared: Providers | None = validate(read_declaration(path, label=path.name), Providers, faults)
    if declared is None:
        raise errors.RegistryRefused(faults)
    apps = [
        {
            "provider_id": item.id, "name": item.name, "client_id": item.client_id, "secret": item.secret,
            "settings": {"server_url": item.server_url, "oauth_pkce_enabled": True},
        }
        for item in declared.providers
    ]  # fmt: skip
    return {"openid_connect": {"APPS": apps, "OAUTH_PKCE_ENABLED": True}}


def _read(path: Path) -> str:
    if not path.is_file():
        raise errors.RegistryRefused.because(
            "office_not_set_up", f"The office has no {path.name} in its home.",
            way_out="Run: openjustice office setup", ask="the administrator of the office",
        )  # fmt: skip
    if path.stat().st_mode & 0o077 and path.name != CHECKPOINT_PUBLIC:
        raise errors.RegistryRefused.because(
            "office_key_open", f"{path.name} can be read by others.", way_out="Run chmod 600 on it.",
            ask="the administrator of the office",
        )  # fmt: skip
    return path.read_text(encoding="ascii").strip()
