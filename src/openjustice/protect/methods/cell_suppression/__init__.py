"""Cell suppression: small counts are hidden, and as many others as are needed so that nobody can work them out."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.cell_suppression import examples, method
from openjustice.protect.methods.cell_suppression.parameters import Parameters

METHOD = Method(
    name="cell_suppression",
    title="Cell suppression",
    works_on=WorksOn.CELLS,
    laws=(
        "no_small_cell_shown",
        "no_hidden_cell_recoverable",
        "totals_unchanged",
        "shown_values_are_true",
        "idempotent",
        "same_input_same_output",
    ),
    vetted=True,
    parameters=Parameters,
    apply=method.suppress,
    example=examples.work_example,
)
