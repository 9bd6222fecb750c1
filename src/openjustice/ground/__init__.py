"""The words, the refusals, the lifecycles and the table that every other room speaks in."""
