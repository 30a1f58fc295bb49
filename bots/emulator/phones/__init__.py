"""People at their phones: what they do, the control API and the page."""
