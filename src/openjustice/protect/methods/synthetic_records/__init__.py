"""Synthetic records from noisy counts of combinations: nobody's record, and a bound on what they tell of anybody."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.synthetic_records import method
from openjustice.protect.methods.synthetic_records.parameters import Parameters

METHOD = Method(
    name="synthetic_records",
    title="Synthetic records",
    works_on=WorksOn.COLUMNS,
    laws=(
        "records_as_asked_and_marked",
        "measurements_give_the_same_file",
        "counts_agree_and_are_not_below_zero",
        "keeps_its_budget",
    ),
    vetted=True,
    parameters=Parameters,
    apply=method.synthesize,
    example=method.work_example,
    repeatable=False,
)
