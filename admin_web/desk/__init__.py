"""The operator's workplace."""
