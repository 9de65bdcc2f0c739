"""Fetches what a link leads to, with yt-dlp. Runs in the worker, the only place that imports it.

One video per link, over http(s), from public addresses, within a number of bytes that holds even
where a server does not say how many will come. Nothing of the page's words is kept but who made
the video and under which licence: titles name answers.
"""

import resource
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from riddles.media.events import Events
from riddles.media.fetch_errors import explain
from riddles.media.guard import Guard
from riddles.media.limits import Bounds, spoken_size, spoken_time
from riddles.media.refusal import Kind, MediaRefusal

PROTOCOLS = {"http", "https", "m3u8_native", "http_dash_segments"}
"""Those that yt-dlp speaks itself: a helper program would not pass our guard."""
UNFINISHED = {".part", ".ytdl", ".temp"}


def fetch(job: dict[str, Any], events: Events) -> dict[str, Any]:
    """Download the link's video into the job's folder and tell its file name and origin.

    Raises:
        MediaRefusal: with the remedy: correct the link, update, cookies, or a file instead.
    """
    url, folder, bounds = str(job["url"]), Path(job["folder"]), Bounds(**job["bounds"])
    host = web_host(url)
    most = int(job["most_bytes"])
    guard = Guard(job["allow_private"])
    guard.install()
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    events.progress("fetching", None, host)

    import yt_dlp  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - after the guard
    from yt_dlp.downloader.external import (  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - as above
        FFmpegFD,
    )

    setattr(FFmpegFD, "real_download", _no_helper)  # noqa: B010 - not what its type foresees
    watch = _Watch(events, most, bounds)
    try:
        with yt_dlp.YoutubeDL(cast("Any", _options(job, folder, bounds, watch))) as downloader:
            info = _first(downloader.extract_info(url, download=True))
    except Exception as error:  # noqa: BLE001 - a thousand extractors, each with its own
        if "[Errno 27]" in str(error):  # EFBIG: an endless stream met the limit below yt-dlp.
            raise watch.too_big() from None
        raise watch.refusal or explain(error, host, guard, job["secrets"]) from None
    if watch.refusal:
        raise watch.refusal
    path = next((p for p in folder.glob("source.*") if p.suffix not in UNFINISHED), None)
    if info is None or path is None:
        raise MediaRefusal(
            "no video was found behind the link to {host}: put a video.mp4 into the folder instead",
            Kind.LINK,
            host=host,
        )
    return {
        "file": path.name,
        "site": str(info.get("extractor_key") or ""),
        "uploader": str(info.get("uploader") or ""),
        "licence": str(info.get("license") or ""),
    }


def web_host(url: str) -> str:
    """The host of an http(s) link.

    Raises:
        MediaRefusal: it is no such link.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        parts, host = None, None
    if parts is None or parts.scheme not in {"http", "https"} or not host:
        raise MediaRefusal(
            "the video's url is not a web address: begin it with https://, or put a video.mp4 "
            "into the folder instead",
            Kind.LINK,
        )
    return host


class _Watch:
    """Follows a download: tells how far it is, and says no to what we do not take."""

    def __init__(self, events: Events, most: int, bounds: Bounds) -> None:
        self.events, self.most, self.bounds = events, most, bounds
        self.refusal: MediaRefusal | None = None
        self._bytes: dict[str, int] = {}

    def filter(self, info: dict[str, Any], *, incomplete: bool = False) -> str | None:
        """yt-dlp asks before each download; a text means no."""
        del incomplete
        if info.get("is_live") or info.get("live_status") in {"is_live", "is_upcoming"}:
            self._refuse(
                MediaRefusal(
                    "the link leads to a live stream: link to its recording, or put a video.mp4 "
                    "into the folder instead",
                    Kind.LINK,
                )
            )
        duration = float(info.get("duration") or 0)
        if duration > self.bounds.duration_s:
            self._refuse(
                MediaRefusal(
                    "the linked video lasts {lasts}; at most {most} are taken: cut it, or link to "
                    "a part",
                    Kind.LINK,
                    lasts=spoken_time(duration),
                    most=spoken_time(self.bounds.duration_s),
                )
            )
        spoken = set(str(info.get("protocol") or "http").split("+"))
        if not spoken <= PROTOCOLS:
            self._refuse(
                MediaRefusal(
                    "the link's video is sent in a way that is not supported: put a video.mp4 "
                    "into the folder instead",
                    Kind.LINK,
                )
            )
        return str(self.refusal) if self.refusal else None

    def hook(self, status: dict[str, Any]) -> None:
        """yt-dlp reports as data comes in."""
        have = int(status.get("downloaded_bytes") or 0)
        self._bytes[str(status.get("filename"))] = have
        total = int(status.get("total_bytes") or status.get("total_bytes_estimate") or 0)
        if max(total, sum(self._bytes.values())) > self.most:
            self.refusal = self.too_big()
            raise self.refusal
        detail = f"{spoken_size(have)} of {spoken_size(total)}" if total else spoken_size(have)
        self.events.progress("fetching", min(1.0, have / total) if total else None, detail)

    def too_big(self) -> MediaRefusal:
        """More bytes than there is room for, announced or not."""
        return MediaRefusal(
            "the linked video is larger than the {most} there is room for: link to a smaller "
            "version, or put a video.mp4 into the folder instead",
            Kind.TOO_BIG,
            most=spoken_size(self.most),
        )

    def _refuse(self, refusal: MediaRefusal) -> None:
        self.refusal = self.refusal or refusal


class _Quiet:
    """Takes yt-dlp's log; errors come as exceptions, and titles must not reach a log."""

    def debug(self, message: str) -> None: ...
    def info(self, message: str) -> None: ...
    def warning(self, message: str) -> None: ...
    def error(self, message: str) -> None: ...


def _options(job: dict[str, Any], folder: Path, bounds: Bounds, watch: _Watch) -> dict[str, Any]:
    import imageio_ffmpeg  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - late; has none

    return {
        # Never the title: it may be the answer.
        "outtmpl": str(folder / "source.%(ext)s"),
        "format": "bv*+ba/b",
        # H.264 and AAC need no encoding if they fit; more than Full HD never gets shown.
        "format_sort": ["res:1080", "vcodec:h264", "acodec:aac", "size:200M"],
        "merge_output_format": "mkv",
        "noplaylist": True,
        "playlist_items": "1",
        "match_filter": watch.filter,
        "progress_hooks": [watch.hook],
        "socket_timeout": bounds.read_s,
        # As a library yt-dlp would not retry at all, and would leave holes where parts are missing.
        "retries": bounds.retries,
        "fragment_retries": bounds.retries,
        "skip_unavailable_fragments": False,
        "retry_sleep_functions": {"http": _pause, "fragment": _pause},
        "ffmpeg_location": imageio_ffmpeg.get_ffmpeg_exe(),
        "cookiefile": job["cookies"],
        "fixup": "never",
        "cachedir": False,
        "quiet": True,
        "noprogress": True,
        "logger": _Quiet(),
        "color": "never",
    }


def _pause(n: int) -> float:
    return min(0.25 * (n + 1), 5.0)


def _first(info: Any) -> dict[str, Any] | None:  # noqa: ANN401 - yt-dlp returns what a site gave
    """One video per link: of a list, the first entry."""
    entries = list(info.get("entries") or []) if info else []
    return entries[0] if entries else info


def _no_helper(*_: object) -> bool:
    raise PermissionError(13, "ffmpeg may not download: it would not pass the guard")
