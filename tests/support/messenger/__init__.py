"""A local MAX: strict about what a bot may send, and able to fail in every way it is known to."""
