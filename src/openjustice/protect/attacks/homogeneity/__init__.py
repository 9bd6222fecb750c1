"""Homogeneity: a class in which everybody has the same value tells it of everybody, without naming a record."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.homogeneity import attack
from openjustice.protect.attacks.homogeneity.parameters import Parameters

ATTACK = Attack(
    name="homogeneity",
    title="Classes that share a value",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
