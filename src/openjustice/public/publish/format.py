"""What a file format is: a name, a media type, and how one published product is written in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openjustice.public.publish.content import Dataframe


@dataclass(frozen=True)
class Format:
    """One form in which every published table can be fetched. `write` gets the product and the path to write."""

    name: str
    title: str
    media_type: str
    suffix: str
    says: str
    write: Callable[[Dataframe, Path], None]
