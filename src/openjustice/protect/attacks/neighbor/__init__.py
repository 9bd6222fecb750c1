"""Neighbor: somebody knows every record but one, and reads the last one off the file."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.neighbor import attack
from openjustice.protect.attacks.neighbor.parameters import Parameters

ATTACK = Attack(
    name="neighbor",
    title="A neighbor who knows all but one",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
