"""Record differencing: vintages, tiers or extracts of the same records are laid side by side and subtracted."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.record_differencing import attack
from openjustice.protect.attacks.record_differencing.parameters import Parameters

ATTACK = Attack(
    name="record_differencing",
    title="Two record files side by side",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
