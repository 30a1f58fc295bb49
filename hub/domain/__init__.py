"""Pure rules. Imports nothing but the standard library and msgspec."""
