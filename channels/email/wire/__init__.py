"""A mail as it came over the wire → what it says. Pure: bytes in, values out, no I/O.

`mail.read` is the door; `mail.Mail` is what stands behind it.
"""
