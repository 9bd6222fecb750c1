"""Commands of the public wing."""
