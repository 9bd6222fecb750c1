"""Takes files from machines: kept as they arrive, receipted when they are whole, checked in order; nothing lost, nothing twice."""
