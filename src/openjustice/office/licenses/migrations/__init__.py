"""The tables of licenses, step by step."""
