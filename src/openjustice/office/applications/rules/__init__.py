"""The rulebook of an application in plain Python: states, what must be brought, who may do what, and what each act makes of it."""
