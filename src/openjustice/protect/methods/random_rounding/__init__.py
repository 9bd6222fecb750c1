"""Random rounding: every number becomes a multiple of a base next to it, by a chance that leaves no bias."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.random_rounding import examples, method
from openjustice.protect.methods.random_rounding.parameters import Parameters

METHOD = Method(
    name="random_rounding",
    title="Random rounding",
    works_on=WorksOn.CELLS,
    laws=("multiples_of_the_base", "within_one_base", "same_cell_same_number", "unbiased_over_keys", "repeats_itself"),
    vetted=True,
    parameters=Parameters,
    apply=method.round_cells,
    example=examples.work_example,
    perturbs=True,
    consequence=method.say_consequence,
)
