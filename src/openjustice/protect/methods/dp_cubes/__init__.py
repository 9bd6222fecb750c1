"""Differential privacy for cubes: proven noise on every cell and margin, made to add up again, within a budget."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.dp_cubes import examples, method
from openjustice.protect.methods.dp_cubes.parameters import Parameters

METHOD = Method(
    name="dp_cubes",
    title="Differential privacy for cubes",
    works_on=WorksOn.CELLS,
    laws=("adds_up", "nothing_below_zero", "keeps_its_budget"),
    vetted=True,
    parameters=Parameters,
    apply=method.protect,
    example=examples.work_example,
    perturbs=True,
    repeatable=False,
    find_doubt=method.find_doubt,
    consequence=method.say_consequence,
)
