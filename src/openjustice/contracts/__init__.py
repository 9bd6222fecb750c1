"""Turns the folders of the registry into typed, checked declarations, and refuses a registry that leaves a field unclassified."""
