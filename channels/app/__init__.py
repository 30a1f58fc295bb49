"""The resident app."""
