"""Turns sealed releases into files in every format, their descriptions, a catalog and a feed. It recomputes no number."""
