"""What the invented people of the tests have in common."""

PASSWORD = "seven quiet lanterns"
