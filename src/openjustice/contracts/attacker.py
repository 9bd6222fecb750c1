"""The attacker of a protected table, declared: what a reader knows beyond the page, and what must stay unknown to him."""

from __future__ import annotations

from pydantic import Field as Key
from pydantic import model_validator

from openjustice.contracts.declaration import Declared


class Attacker(Declared):
    """What a reader is taken to know, and how little he may find out.

    `zeros_public`: the rule shows zeros, so a hidden count is at least 1. `marks_distinguish`: the mark tells a small count
    from a count that was hidden to protect it; `small_up_to` is then the largest small count. `contributor_subtracts`: the
    one person of a count of 1 knows that, and takes himself away. `known`: files of marked tables that others have
    published. `minimum_width`: the difference that must remain between the largest and the smallest possible count;
    `never_inside`: two counts between which the possible ones must not all lie.
    """

    zeros_public: bool = True
    marks_distinguish: bool = False
    small_up_to: int | None = Key(default=None, ge=1)
    contributor_subtracts: bool = False
    known: tuple[str, ...] = ()
    minimum_width: int = Key(default=3, ge=1)
    never_inside: tuple[int, int] | None = (1, 2)

    @property
    def hidden_at_least(self) -> int:
        """The smallest count that may stand behind a mark."""
        return 1 if self.zeros_public else 0

    @model_validator(mode="after")
    def _check(self) -> Attacker:
        if self.marks_distinguish and self.small_up_to is None:
            raise ValueError("marks that distinguish need `small_up_to`, the largest small count")
        if self.never_inside is not None and self.never_inside[0] > self.never_inside[1]:
            raise ValueError("`never_inside` needs the smaller count first")
        return self
