"""Data that tests of several kinds read."""
