"""Personal information in words: what is looked for, the lists of names, the recognizers, and the screen that runs them."""

from openjustice.confidential.collect.personal.screen import NarrativeScreen, shipped_screen
from openjustice.confidential.collect.personal.sought import Sought, read_sought

__all__ = ["NarrativeScreen", "Sought", "read_sought", "shipped_screen"]
