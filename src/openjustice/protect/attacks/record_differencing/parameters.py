"""Which files are laid beside the release, and from how few records on it is a leak."""

from __future__ import annotations

from pydantic import Field as Key

from openjustice.contracts.declaration import Declared


class Parameters(Declared):
    """Which files are laid beside the release, and how few records may not stand out.

    `files`: their names: an earlier vintage, another tier, a license extract of the same records. `minimum`: so many records
    may stand out; fewer are a leak. `order`: counts are compared over all sets of up to so many variables, and over all
    together. `same_people`: whether the two files hold the same people, so that each record of one has a counterpart in the
    other; with `false`, only counts are compared. `maximum_findings`: how many findings a policy accepts; 0 by default.
    """

    files: tuple[str, ...]
    minimum: int = Key(ge=1)
    order: int = Key(default=3, ge=0)
    same_people: bool = True
    maximum_findings: int = Key(default=0, ge=0)
