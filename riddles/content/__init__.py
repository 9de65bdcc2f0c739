"""The riddles an animator queued: one folder each, which the program reads and never writes."""

from riddles.content.library import Folder, Library, read_library
from riddles.content.renamed import hold_back_renamed
from riddles.content.riddle import Riddle, RiddleFile, Text, Video, in_language

__all__ = [
    "Folder",
    "Library",
    "Riddle",
    "RiddleFile",
    "Text",
    "Video",
    "hold_back_renamed",
    "in_language",
    "read_library",
]
