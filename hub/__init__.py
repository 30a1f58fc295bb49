"""The core of the hub: what a case is and what happens to it."""

__version__ = "0.1.0"
