"""Submissions: a member's tries at a riddle, judged, stored raw, and paid when right.

`attempt` has the words: what comes in and what goes out. `deciding` is pure and holds the rules
in the order in which a member meets them. `desk` reads what they need, keeps what they say, and
has a whole commit's tries decided at once.
"""

from engine.play.submissions.attempt import Attempt, Reply, Told
from engine.play.submissions.desk import AnswerDesk, decide

__all__ = ["AnswerDesk", "Attempt", "Reply", "Told", "decide"]
