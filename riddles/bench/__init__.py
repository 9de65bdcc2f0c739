"""`riddles bench`."""
