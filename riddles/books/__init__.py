"""The books in the world: beside the running program, copied, written out, drawn."""
