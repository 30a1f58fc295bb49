"""kannel: short messages through a Kannel gateway."""
