"""Membership: somebody asks whether a person has a record in the file at all."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.membership import attack
from openjustice.protect.attacks.membership.parameters import Parameters

ATTACK = Attack(
    name="membership",
    title="Whether somebody is in the file",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
