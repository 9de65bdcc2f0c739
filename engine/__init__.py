"""The rules of the game.

Nothing in here knows Discord, the folders of `content/`, a scheduler or the wall clock: members
are integers, time comes in as an argument, and the only thing touched is the database.
"""
