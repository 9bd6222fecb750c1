"""Policy and tables in, protected tables and a disclosure report out: the room's one front door."""

from __future__ import annotations

from openjustice.protect.plan.records import Kept, keep_for, recode

__all__ = ["Kept", "keep_for", "recode"]
