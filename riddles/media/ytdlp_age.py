"""How old the installed yt-dlp is: sites change under it, so it ages in weeks.

Told without importing it, which only a worker does.
"""

from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

OLD_DAYS = 90
"""From here on yt-dlp itself warns, and YouTube has usually changed."""
UPDATE = 'update yt-dlp (pip install -U "yt-dlp[default,deno]")'
"""With the extras that the program is installed with: YouTube needs them."""


@dataclass(frozen=True, slots=True)
class YtDlpAge:
    """The installed version and how many days ago it came out."""

    version: str
    days: int

    @property
    def old(self) -> bool:
        """Whether links are likely to fail because of it."""
        return self.days > OLD_DAYS

    def __str__(self) -> str:
        advice = f": {UPDATE}" if self.old else ""
        days = f"{self.days} day{'' if self.days == 1 else 's'}"
        return f"yt-dlp {self.version}, {days} old{advice}"


def yt_dlp_age(today: date) -> YtDlpAge | None:
    """The installed yt-dlp as of `today`, whose versions are dates; None if it is missing."""
    try:
        installed = version("yt-dlp")
        year, month, day = (int(part) for part in installed.split(".")[:3])
        released = date(year, month, day)
    except (PackageNotFoundError, ValueError):
        return None
    return YtDlpAge(installed, max(0, (today - released).days))
