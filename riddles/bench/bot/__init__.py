"""The whole bot, beside a bare one: how many `/answer` each takes from the same Discord.

Three processes: a stand-in for Discord with the members in it, our bot as `riddles run` starts
it, and a stock hikari-lightbulb bot whose `/answer` replies with a constant. The two bots have
their turns in one run. Each answer is the first try of a member who has not tried before, handed
in by that member's own interaction; ours judges it, and replies once it is on disk.
"""
