"""The week: what is due, what it means for Discord, and the videos that wait for it."""
