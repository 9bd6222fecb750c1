"""Attribute: a model is trained on the file to tell a person's value, and measured against one trained without the person."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.attribute import attack
from openjustice.protect.attacks.attribute.parameters import Parameters

ATTACK = Attack(
    name="attribute",
    title="A model trained on the file",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
