"""Imports each family of verbs, so that they stand on the app."""

from riddles.cli import (
    backups,
    bans,
    bench,
    books,
    codes,
    content,
    doctor,
    draws,
    importing,
    judging,
    ledger,
    media,
    members,
    rejudging,
    running,
    simulate,
)

__all__ = [
    "backups",
    "bans",
    "bench",
    "books",
    "codes",
    "content",
    "doctor",
    "draws",
    "importing",
    "judging",
    "ledger",
    "media",
    "members",
    "rejudging",
    "running",
    "simulate",
]
