"""Decides, with a stated probability, which records of two tables belong to the same person; opens no store."""
