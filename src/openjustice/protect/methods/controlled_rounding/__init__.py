"""Controlled rounding: every number becomes a multiple of a base next to it, and all of them still add up."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.controlled_rounding import examples, method
from openjustice.protect.methods.controlled_rounding.parameters import Parameters

METHOD = Method(
    name="controlled_rounding",
    title="Controlled rounding",
    works_on=WorksOn.CELLS,
    laws=("multiples_of_the_base", "within_one_base", "adds_up", "keeps_what_was_published", "repeats_itself"),
    vetted=True,
    parameters=Parameters,
    apply=method.round_tables,
    example=examples.work_example,
    perturbs=True,
    consequence=method.say_consequence,
)
