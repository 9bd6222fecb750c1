"""The tables of deliveries, step by step."""
