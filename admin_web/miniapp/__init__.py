"""The desk inside Telegram: who opens it is vouched for by Telegram, the pages are the desk's."""
