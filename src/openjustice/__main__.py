"""Lets `python -m openjustice` be the command line."""

from openjustice.cli.main import run

run()
