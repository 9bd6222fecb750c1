"""Commands of the confidential wing."""
