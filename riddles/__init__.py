"""The world around the game: Discord, videos, folders, the clock, the command line."""
