"""Local suppression: single values of single records are blanked until every class is large and diverse enough."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.local_suppression import method
from openjustice.protect.methods.local_suppression.parameters import Parameters

METHOD = Method(
    name="local_suppression",
    title="Local suppression",
    works_on=WorksOn.RECORDS,
    laws=("k_holds", "l_holds", "only_blanks_are_made", "records_are_kept", "same_input_same_output", "sorted_output"),
    vetted=True,
    parameters=Parameters,
    apply=method.suppress,
    example=method.work_example,
)
