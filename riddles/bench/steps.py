"""Steps: how far a measurement is, for whoever waits for it."""

from collections.abc import Callable

OnStep = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is behind, and how much there is."""
