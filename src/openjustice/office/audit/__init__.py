"""The record of every change: written with the change or not at all, chained, and pinned by signed checkpoints outside."""
