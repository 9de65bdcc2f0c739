"""Pictures: what members get to look at besides the video. Values in, PNG out.

Drawing takes processor time, so it belongs in a thread. Nothing in here fails for what somebody
called themselves: letters that no font has are left out.
"""

from riddles.pictures.card import Card, Entry, draw_card

__all__ = ["Card", "Entry", "draw_card"]
