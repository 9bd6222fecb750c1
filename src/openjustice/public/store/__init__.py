"""Holds sealed releases, each immutable, each with its manifest: `reader` for everyone, `intake` for the airlock alone."""
