"""Global recoding: one coarser variable for a field, by one rule for every record."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.global_recoding import method
from openjustice.protect.methods.global_recoding.parameters import Parameters

METHOD = Method(
    name="global_recoding",
    title="Global recoding",
    works_on=WorksOn.RECORDS,
    laws=("same_value_same_code", "blank_stays_blank", "same_input_same_output"),
    vetted=True,
    parameters=Parameters,
    apply=method.recode,
    example=method.work_example,
)
