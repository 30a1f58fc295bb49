"""What a process does: web, bots, worker, scheduler. One process may have all roles."""
