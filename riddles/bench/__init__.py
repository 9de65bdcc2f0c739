"""`riddles bench`: what the engine and the bot can do, beside yardsticks of the same run.

Designs have their turns one after another, round by round, so that whatever else the machine does
falls on all of them; what is held to a bound is the median of their ratios. `docs/bench.md` tells
what each measurement does and why its yardstick is a fair one.
"""
