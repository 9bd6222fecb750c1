"""The command `demo`: the whole road, from an agency's file to a page in the browser."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from openjustice.airlock import review, seal, verify
from openjustice.cli import options
from openjustice.cli.public import publish, serve
from openjustice.confidential import store
from openjustice.confidential.collect import receive
from openjustice.confidential.drafting import draft
from openjustice.contracts import demonstration, synthetic
from openjustice.contracts.demonstration import Delivery, Demonstration
from openjustice.contracts.jurisdiction import Jurisdiction
from openjustice.contracts.registry import Registry

REAL, INVENTED = "california", "demo"


@dataclass(frozen=True)
class Walk:
    """What every step of the road needs."""

    home: Path
    data: Path
    registry: Registry
    jurisdiction: Jurisdiction
    plan: Demonstration
    progress: Progress
