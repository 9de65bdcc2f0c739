"""Imports each family of verbs, so that they stand on the app."""

from riddles.cli import content, judging, ledger, media, running

__all__ = ["content", "judging", "ledger", "media", "running"]
