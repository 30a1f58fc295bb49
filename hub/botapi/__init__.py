"""The Bot API as the hub speaks it: shared by the residents' channel and the bots of the staff."""
