"""uis: UIS and CoMagic, whose notifications the customer words."""
