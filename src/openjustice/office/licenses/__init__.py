"""The desk of licenses: what was approved is delivered, renewed, reminded of, ended and destroyed."""
