"""Commands about the house itself: its registry, its reference, its demonstration."""
