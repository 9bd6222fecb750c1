"""Matching: an intruder who holds a list of persons with the key looks each of them up in the record file."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.matching import attack
from openjustice.protect.attacks.matching.parameters import Parameters

ATTACK = Attack(
    name="matching",
    title="Matching with a list of persons",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
