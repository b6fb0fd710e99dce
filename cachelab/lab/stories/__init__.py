"""
Stories that the views tell: real code run in virtual time, its events turned into scenes.

Each module records one kind of run and draws it, as pure functions from what was recorded to SVG
text; the widgets of the same names only wrap them.
"""
