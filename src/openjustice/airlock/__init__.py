"""The one door: verifies a draft again for itself, counts the approvals, seals it and places it outside."""
