"""The books: every point, how it came to be where it is, and how that is proved and put right."""
