"""The interval attack: what a reader of one draft can work out of its hidden cells."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.interval import attack, examples
from openjustice.protect.attacks.interval.parameters import Parameters

ATTACK = Attack(
    name="interval",
    title="Feasibility intervals",
    parameters=Parameters,
    run=attack.run,
    example=examples.work_example,
)
