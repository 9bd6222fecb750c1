"""The desks where people submit, review, apply, are licensed, follow their case and are answerable."""
