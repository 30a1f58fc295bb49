"""Data to begin with and data to try with; every word of it stands in data/*.toml."""
