"""OpenJustice: the whole road of open criminal-justice data, from an agency's file to a public page."""

__version__ = "0.1.0"
