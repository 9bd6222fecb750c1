"""Local recoding: each class of records is shown as finely as its own records allow, so different rows keep different detail."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.local_recoding import method
from openjustice.protect.methods.local_recoding.parameters import Parameters

METHOD = Method(
    name="local_recoding",
    title="Local recoding",
    works_on=WorksOn.COLUMNS,
    laws=("every_class_has_k", "values_kept_or_an_ancestor", "nothing_is_lost", "order_tells_nothing"),
    vetted=True,
    parameters=Parameters,
    apply=method.recode,
    example=method.work_example,
)
