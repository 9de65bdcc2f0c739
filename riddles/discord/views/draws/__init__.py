"""What is said about draws: to everybody at each step, to one member, and to the staff."""
