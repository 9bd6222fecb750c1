"""The kinds of check, one folder each."""
