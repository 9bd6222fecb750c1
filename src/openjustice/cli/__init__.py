"""Names the journeys as commands and prints what happened."""
