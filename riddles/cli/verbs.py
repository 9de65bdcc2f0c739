"""Imports each family of verbs, so that they stand on the app."""

from riddles.cli import running

__all__ = ["running"]
