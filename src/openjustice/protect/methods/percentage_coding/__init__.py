"""Percentage coding: counts are withheld, and percentages near 0 and 100 are shown as a band that is wider for small groups."""

from openjustice.protect.method import Method, WorksOn
from openjustice.protect.methods.percentage_coding import examples, method
from openjustice.protect.methods.percentage_coding.parameters import Parameters

METHOD = Method(
    name="percentage_coding",
    title="Top and bottom coding of percentages",
    works_on=WorksOn.SHARES,
    laws=(
        "extremes_are_coded",
        "small_groups_are_hidden",
        "shown_percentages_are_rounded_truth",
        "no_part_stands_alone",
    ),
    vetted=True,
    parameters=Parameters,
    apply=method.code,
    example=examples.work_example,
    consequence=method.say_consequence,
)
