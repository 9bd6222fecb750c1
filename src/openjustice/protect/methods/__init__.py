"""Protection methods, one folder each."""
