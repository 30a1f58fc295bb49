"""The only place that names concrete classes: a hub made of its parts, for any set of roles."""

from hub.wiring.hub import Hub
from hub.wiring.opened import opened

__all__ = ["Hub", "opened"]
