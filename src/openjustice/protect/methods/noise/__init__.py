"""Additive noise: numbers get a little noise, alone or along the way they vary together."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.noise import method
from openjustice.protect.methods.noise.parameters import Parameters

METHOD = Method(
    name="noise",
    title="Additive noise",
    works_on=WorksOn.COLUMNS,
    laws=("means_unchanged", "covariances_as_stated", "same_seed_same_values"),
    vetted=True,
    parameters=Parameters,
    apply=method.add,
    example=method.work_example,
)
