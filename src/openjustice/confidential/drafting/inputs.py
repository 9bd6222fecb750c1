"""Names and digests the records that a draft is made from: the dataset's own, and those its indicators divide by."""

from __future__ import annotations

from openjustice.confidential import identities
from openjustice.confidential.store import Store
from openjustice.contracts.jurisdiction import Dataset, Jurisdiction

SCOPE = "draft input"


def input_names(dataset: Dataset, *, jurisdiction: Jurisdiction) -> tuple[str, ...]:
    """Return every dataset whose records shape a draft of this one, sorted."""
    named = {dataset.id}
    for folder in jurisdiction.indicators_of(dataset.id).values():
        indicator = folder.indicator
        named.add(indicator.numerator.dataset)
        if indicator.denominator:
            named.add(indicator.denominator.dataset)
    return tuple(sorted(named))


def input_digests(store: Store, *, dataset: Dataset, jurisdiction: Jurisdiction) -> tuple[tuple[str, str], ...]:
    """Return the keyed digest of the records in force of every input, by dataset.

    Surprise: it is keyed with the home's own key. A draft's digest is published, and a plain digest of the records would
    let anyone who guessed the hidden part of them find out that the guess is right.
    """
    key = store.home.read_key()
    return tuple(
        (name, identities.pseudonym([store.input_digest(name)], key=key, scope=SCOPE))
        for name in input_names(dataset, jurisdiction=jurisdiction)
    )
