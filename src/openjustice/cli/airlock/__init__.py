"""Commands of the one door: verify, approve, seal."""
