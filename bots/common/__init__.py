"""What the bots of the staff share: who speaks, what is shown, how it is sent."""
