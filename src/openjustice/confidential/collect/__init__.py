"""Collect: receives a submission, checks it against its contract, and asks the agency what it can answer."""
