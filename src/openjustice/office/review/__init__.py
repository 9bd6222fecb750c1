"""The review desk: a draft's numbers, risk and attacks are looked at, cell by cell, by two checkers; then it is sealed."""
