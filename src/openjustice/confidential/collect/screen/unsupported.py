"""What the screen says of a thing that it does not read."""

from __future__ import annotations


class Unsupported(Exception):
    """The screen cannot tell; the engine can. Its words name a kind of rule, never a value."""
