"""The residents' bot: what they press and command, on any channel that has buttons or commands."""
