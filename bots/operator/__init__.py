"""The operator's desk in a private chat: one file per conversation."""
