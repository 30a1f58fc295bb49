"""What the core asks of its neighbours: one file of Protocols per neighbour."""
