"""What a new house begins with: the catalogue everybody needs, and the demonstration's people."""
