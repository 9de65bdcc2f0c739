"""The play: rounds, what members do in them, and what it earns."""
