"""exolve: short messages through MTS Exolve."""
