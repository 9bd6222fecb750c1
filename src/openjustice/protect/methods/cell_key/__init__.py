"""Cell key: a little noise on every number, decided by the records in the cell, so that one cell has one number everywhere."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.cell_key import examples, method
from openjustice.protect.methods.cell_key.parameters import Parameters

METHOD = Method(
    name="cell_key",
    title="Cell key",
    works_on=WorksOn.CELLS,
    laws=("same_cell_same_number", "nothing_below_the_threshold", "unbiased_over_keys", "repeats_itself"),
    vetted=True,
    parameters=Parameters,
    apply=method.perturb,
    example=examples.work_example,
    perturbs=True,
    needs_record_keys=True,
    consequence=method.say_consequence,
)
