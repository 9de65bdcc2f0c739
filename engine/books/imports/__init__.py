"""Points from elsewhere: brought in by row, each row once, and taken back by the batch.

A row is known by where it came from, whose it is and its own key, so a file that is brought in
twice changes nothing, and one that broke off is simply brought in again. Points come from the
account ELSEWHERE as `opening` (a bot's points) or `merge` (another ledger's): they count for all
time and for no season. Taken back, a row is booked the other way round under its own kind, so it
leaves exactly the scores it had entered; a `reversal` would be missing from this season's.
"""

from engine.books.imports.batches import Import, begin, end, get
from engine.books.imports.booking import book
from engine.books.imports.lines import Line, State, assess
from engine.books.imports.undoing import Outlook, outlook, undo

__all__ = [
    "Import",
    "Line",
    "Outlook",
    "State",
    "assess",
    "begin",
    "book",
    "end",
    "get",
    "outlook",
    "undo",
]
