"""The only reader of the environment and of hub.toml.

Order of strength: what a command names (``--port``), the environment (``HUB_PORT``), the file
(``HUB_CONFIG``, by default ``./hub.toml`` if it is there), the default.
"""

from hub.settings.accounts import BotAccount, ChannelAccount
from hub.settings.load import load
from hub.settings.model import Limits, MiniApp, Organisation, Retention, Settings
from hub.settings.problems import Problem, SettingsError

__all__ = [
    "BotAccount",
    "ChannelAccount",
    "Limits",
    "MiniApp",
    "Organisation",
    "Problem",
    "Retention",
    "Settings",
    "SettingsError",
    "load",
]
