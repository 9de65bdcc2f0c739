"""Imports each family of verbs, so that they stand on the app."""
