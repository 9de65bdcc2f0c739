"""Numbered migrations, applied in order; a migration that has landed is never edited."""
