"""Top coding: what lies beyond a bound is shown at the bound, or as the mean of what lies there."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.top_coding import method
from openjustice.protect.methods.top_coding.parameters import Parameters

METHOD = Method(
    name="top_coding",
    title="Top coding",
    works_on=WorksOn.COLUMNS,
    laws=("nothing_beyond_the_bounds", "within_the_bounds_nothing_changes", "means_kept_where_asked"),
    vetted=True,
    parameters=Parameters,
    apply=method.code,
    example=method.work_example,
)
