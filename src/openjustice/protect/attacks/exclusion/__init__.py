"""Exclusion: a reader takes one file from another, such as court records from arrests, to learn who is missing."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.exclusion import attack
from openjustice.protect.attacks.exclusion.parameters import Parameters

ATTACK = Attack(
    name="exclusion",
    title="One file less another",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
