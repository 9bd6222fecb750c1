"""Builds the static portal from sealed releases: pages, charts and files that need no server and no script."""
