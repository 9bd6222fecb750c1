"""The desk of deliveries: an extract is made for one person of a license, encrypted to their key, and fetched once."""
