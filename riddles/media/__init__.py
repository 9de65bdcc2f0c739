"""From a file in a folder or a pasted link to a video that waits, finished, for its upload.

`prepare` does the work ahead of time, `find_prepared` finds it at the moment of publication,
`verify_file` and `verify_captions` are for `riddles check`. Nothing here knows riddles or Discord,
and nothing heavy runs in the process that imports it.
"""

from riddles.media.captions import Cue, verify_captions
from riddles.media.desk import Progress
from riddles.media.limits import BOUNDS, SAFE_LIMIT, Bounds, upload_limit, variants
from riddles.media.prepare import find_prepared, prepare, prepare_link, prune
from riddles.media.probe import Probe, verify_file
from riddles.media.refusal import Kind, MediaRefusal
from riddles.media.store import LinkPost, Prepared, Source
from riddles.media.ytdlp_age import YtDlpAge, yt_dlp_age

__all__ = [
    "BOUNDS",
    "SAFE_LIMIT",
    "Bounds",
    "Cue",
    "Kind",
    "LinkPost",
    "MediaRefusal",
    "Prepared",
    "Probe",
    "Progress",
    "Source",
    "YtDlpAge",
    "find_prepared",
    "prepare",
    "prepare_link",
    "prune",
    "upload_limit",
    "variants",
    "verify_captions",
    "verify_file",
    "yt_dlp_age",
]
