"""People: who holds an account, what they are told, and how they can leave."""
