"""A local Telegram: a Bot API server with a page of phones, for trying and for tests.

Stands alone: it imports nothing of the hub and listens on loopback only.
"""
