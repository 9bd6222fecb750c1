"""Press: a reader looks news items up in the file, each with a place, a day, an age or a sex as far as it tells them."""

from openjustice.protect.attack import Attack
from openjustice.protect.attacks.press import attack
from openjustice.protect.attacks.press.parameters import Parameters

ATTACK = Attack(
    name="press",
    title="News beside the file",
    parameters=Parameters,
    run=attack.run,
    example=attack.work_example,
)
