"""Commands of the office: set it up, start it, add people, and verify its audit record."""
