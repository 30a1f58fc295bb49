"""smpp: short messages by SMPP 3.4, straight from an operator's centre."""
