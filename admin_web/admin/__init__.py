"""Settings and oversight."""
