"""Says how one place's name for a thing becomes another's, and whether two numbers may be set side by side."""
