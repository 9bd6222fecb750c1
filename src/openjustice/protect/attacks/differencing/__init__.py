"""The differencing attack: what a reader of all releases can work out by setting one against the other."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.differencing import attack, examples
from openjustice.protect.attacks.differencing.parameters import Parameters

ATTACK = Attack(
    name="differencing",
    title="Differences between releases",
    parameters=Parameters,
    run=attack.run,
    example=examples.work_example,
)
