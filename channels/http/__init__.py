"""http: the open door for any program."""
