"""What a file format is: a name, a media type, and how one published product is written in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openjustice.public.publish.content import Content, Dataframe


def _refuses_nothing(_content: Content, _frame: Dataframe) -> str:
    return ""


@dataclass(frozen=True)
class Format:
    """One form in which every published table can be fetched.

    `write` gets the release, the product and the path to write. `refuses` says why a product cannot be had in this form, in a
    sentence for readers; nothing where it can.
    """

    name: str
    title: str
    media_type: str
    suffix: str
    says: str
    write: Callable[[Content, Dataframe, Path], None]
    refuses: Callable[[Content, Dataframe], str] = _refuses_nothing
