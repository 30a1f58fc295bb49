"""Conversations by mail, made up, in the styles of real mail programs.

`conversations/*.toml` says who writes what, with which program, and to which matter every mail
truly belongs. `conversations.py` reads them; `letters.py` renders one mail of a resident as its
program would send it, given what was really sent before (an answer of the hub carries ids and a
plus address that only the hub knows); `styles.py` knows how each program quotes and signs.
"""
