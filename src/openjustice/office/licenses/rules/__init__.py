"""The rulebook of a license in plain Python: its states, its clock, what each act makes of it, and what is owed at the end."""
