"""Telegram: the residents' bot."""
