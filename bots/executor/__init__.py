"""The executor's phone: tasks, comments both ways."""
