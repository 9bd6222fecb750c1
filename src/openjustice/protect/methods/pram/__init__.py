"""Post-randomization: values change by chance, by a matrix that leaves the expected counts as they were."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.pram import method
from openjustice.protect.methods.pram.parameters import Parameters

METHOD = Method(
    name="pram",
    title="Post-randomization",
    works_on=WorksOn.COLUMNS,
    laws=("expected_margins_unchanged", "values_stay_in_the_list", "same_seed_same_values"),
    vetted=True,
    parameters=Parameters,
    apply=method.randomize,
    example=method.work_example,
)
