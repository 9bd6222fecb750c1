"""The audit of published tables, apart from every method that protects them: linear, by intervals, with a certificate."""
