"""E-mail: in by IMAP, out by SMTP."""
