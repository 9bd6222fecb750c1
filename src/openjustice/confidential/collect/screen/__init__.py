"""A screen in front of the engine: which rows of a plain text certainly pass every rule, told from the bytes themselves.

Sound by construction: it may let too few rows pass, never too many. What it does not let pass, and every file that it does not
understand, goes the long way, which alone says what is wrong. So a check kind without a piece for the screen costs time, not truth.
"""

from openjustice.confidential.collect.screen.attempt import screen_text

__all__ = ["screen_text"]
