"""Microaggregation: numbers and dates are shown as the means of small groups of records."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.microaggregation import method
from openjustice.protect.methods.microaggregation.parameters import Parameters

METHOD = Method(
    name="microaggregation",
    title="Microaggregation",
    works_on=WorksOn.COLUMNS,
    laws=("groups_hold_k", "group_means_are_shown", "one_variable_is_grouped_best"),
    vetted=True,
    parameters=Parameters,
    apply=method.aggregate,
    example=method.work_example,
)
