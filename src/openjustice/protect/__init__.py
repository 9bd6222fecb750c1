"""Measures disclosure risk, applies the methods that a policy names, attacks the result, and writes down what is claimed."""
