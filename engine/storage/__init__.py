"""Storage: one SQLite file, written durably by one hand and read by many."""
