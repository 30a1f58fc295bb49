"""max: the residents' bot in the messenger MAX."""
