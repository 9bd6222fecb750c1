"""What a search gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openjustice.ground import errors

Progress = Callable[[float, float, int], None]  # the best loss so far, what no node can undercut, nodes evaluated


@dataclass(frozen=True)
class Best:
    """The best node found, its loss, the records left out, and the bound that no node can undercut.

    `is_proved` where the bound has met the loss: the node is an optimum.
    """

    node: tuple[int, ...]
    loss: float
    suppressed: int
    bound: float
    is_proved: bool
    nodes: int
    evaluated: int


def nothing_satisfies() -> errors.Refusal:
    """Return the refusal of a wish that not even the most general levels satisfy."""
    return errors.ProtectionRefused.because(
        "nothing_satisfies", "Even with every variable as general as it may be, what is asked does not hold.",
        why="The levels that are allowed leave no room.", way_out="Ask for less, or allow more levels.",
    )  # fmt: skip
