"""The rulebook of a delivery in plain Python: its states, its link, and which bytes may be given at a moment."""
