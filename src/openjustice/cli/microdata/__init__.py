"""Commands for records outside any home."""
