"""Points from elsewhere: files of other bots, platforms and instances, read and brought in."""
