"""Adds up the keys of the records in each cell and looks the change up in a perturbation table."""

from __future__ import annotations

from openjustice.ground import errors
from openjustice.protect import perturbation
from openjustice.protect.cells import CellSystem, IntArray
from openjustice.protect.methods.cell_key.parameters import Parameters
from openjustice.protect.methods.cell_key.table import KEYS, make_table
from openjustice.protect.perturbation import Perturbed, Secrets

_BITS, _UPPER = 32, 24


def perturb(system: CellSystem, *, parameters: Parameters, secrets: Secrets) -> Perturbed:
    """Change every count by what the perturbation table says for it and for the key of its records.

    Claims: the same records have the same number in every table and every release; a zero stays a zero; nothing is shown
    below the threshold. Assumes: each record keeps its key for ever, and the keys stay secret. Surprise: totals are
    perturbed by themselves and need not be the sum of their parts. Sources: Fraser and Wooton (2005), UNECE work session on
    statistical data confidentiality, Geneva; ONS, cell key perturbation, method specification 1.1.
    """
    perturbation.need_counts_alone(system)
    if secrets.record_keys is None:
        raise errors.ProtectionRefused.because(
            "keys_wanting",
            "The cell key method needs the keys of the records, and these tables sum something else than records.",
            way_out="Use another method for tables of sums.",
        )
    changes = make_table(parameters).look_up(system.values, cell_keys(secrets.record_keys, form=parameters.form))
    published = system.values + changes
    hidden = system.in_draft & (published < parameters.threshold)
    return Perturbed(
        values=published,
        hidden=hidden,
        figures={
            "cells_changed": int((system.in_draft & ~hidden & (changes != 0)).sum()),
            "below_threshold": int(hidden.sum()),
        },
    )


def cell_keys(sums: IntArray, *, form: str) -> IntArray:
    """Return the key of each cell, from 0 to 255, from the sum of its records' keys."""
    return sums % KEYS if form == "ons" else sums % 2**_BITS // 2**_UPPER


def say_consequence(parameters: Parameters) -> tuple[str, ...]:
    """Say what the cell key method means for a reader."""
    rounding, noise = parameters.rounding, parameters.noise
    said = []
    if rounding is not None:
        said.append(
            f"Every number is rounded to the nearest multiple of {rounding.base}, and numbers below {rounding.threshold} "
            "are shown as zero: a zero does not mean that there is nobody."
        )
    if noise is not None:
        said.append(
            f"Every number may be off by up to {noise.largest_change}, up or down. The same people are counted alike in every "
            "table; over many numbers the differences cancel."
        )
    said.append("Totals are changed by themselves, so parts need not add up to them.")
    if parameters.threshold:
        said.append(f"What is below {parameters.threshold} after the change is withheld, zeros too.")
    return tuple(said)
