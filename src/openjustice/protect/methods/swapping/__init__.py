"""Record swapping: records at risk exchange some values with records that agree in all that is named."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.swapping import method
from openjustice.protect.methods.swapping.parameters import Parameters

METHOD = Method(
    name="swapping",
    title="Record swapping",
    works_on=WorksOn.COLUMNS,
    laws=("margins_unchanged", "only_partners_swap", "same_seed_same_values"),
    vetted=True,
    parameters=Parameters,
    apply=method.swap,
    example=method.work_example,
)
