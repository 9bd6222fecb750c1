"""The reference pages that are made from the code and the registry, one module each."""
