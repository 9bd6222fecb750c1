"""Makes an indicator's table from a relation and a definition, with its denominators, coverage and uncertainty."""
