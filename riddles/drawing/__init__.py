"""Prize draws in the world: their moments, their posts, the slow hash in its own process."""
