"""The rehearsal: the real bot against a Discord of our own on loopback, with a movable clock."""
