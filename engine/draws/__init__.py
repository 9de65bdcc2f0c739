"""Draws: prizes by lot, in a way that leaves nobody anything to influence.

A draw is announced with all its rules, frozen with a digest of its entries, witnessed by whoever
presses a button, drawn by a hash too slow to be steered, and settled prize by prize.
"""
