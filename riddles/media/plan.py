"""How a video is made to fit: which resolution, which frame rate, how many bits.

Bits decide the size: at too few per pixel a small sharp picture looks better than a large
starved one. How few are too few depends on the picture, so a first attempt at constant quality
measures it. Pure arithmetic; sizes in bytes, rates in bits per second.
"""

from dataclasses import dataclass

from riddles.media.limits import spoken_size, spoken_time
from riddles.media.probe import Probe
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

FULL_HD = 1080
LADDER = (1080, 720, 540, 480, 360, 240)
MARGIN = 0.96
"""Of the limit; x264 misses a short clip's target by up to 3.5 %."""
ENOUGH_BPP = 0.04
"""Bits per pixel that do for a busy picture."""
LEAST_BPP = 0.012
"""Bits per pixel below which even a still picture suffers."""
CONTAINER_BPS = 8_000
USUAL_FPS = 30
DOES_NOT_FIT = Sentence(
    "{lasts} of video do not fit into {limit}; about {longest} would: cut it, raise the server's "
    "upload_limit if Discord allows, or have the post link to it (give its address as url, with "
    'mode = "link")'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to encode; `video_bps` is None for constant quality."""

    width: int
    height: int
    fps: float
    video_bps: int | None
    audio_bps: int


class TooLong(MediaRefusal):
    """This much video does not fit into this limit at a size worth watching."""

    def __init__(self, probe: Probe, limit: int, longest_s: float) -> None:
        super().__init__(
            DOES_NOT_FIT.text,
            Kind.TOO_LONG,
            lasts=spoken_time(probe.duration_s),
            limit=spoken_size(limit),
            longest=spoken_time(longest_s),
        )
        self.longest_s = longest_s


def at_quality(probe: Probe) -> Plan:
    """The video as large as it is worth showing, however many bytes that takes."""
    width, height = _scaled(probe, min(FULL_HD, probe.width, probe.height))
    audio = 128_000 if probe.audio else 0
    return Plan(width=width, height=height, fps=min(probe.fps, 60), video_bps=None, audio_bps=audio)


def to_fit(probe: Probe, limit: int, *, enough_bpp: float = ENOUGH_BPP) -> Plan:
    """The largest picture that gets its bits per pixel within the limit; never upscaled.

    Raises:
        TooLong: not even the smallest does; it says what would.
    """
    audio = _audio_bps(limit * 8 * MARGIN / probe.duration_s) if probe.audio else 0
    video = limit * 8 * MARGIN / probe.duration_s - audio - CONTAINER_BPS
    short = min(probe.width, probe.height)
    sides = [min(short, FULL_HD), *(side for side in LADDER if side < min(short, FULL_HD))]
    for side in sides:
        width, height = _scaled(probe, side)
        for fps in _rates(probe.fps):
            if video >= width * height * fps * enough_bpp:
                return Plan(
                    width=width, height=height, fps=fps, video_bps=int(video), audio_bps=audio
                )
    width, height = _scaled(probe, sides[-1])
    least = width * height * _rates(probe.fps)[-1] * enough_bpp + CONTAINER_BPS
    longest = limit * 8 * MARGIN / (least + (_audio_bps(least) if probe.audio else 0))
    raise TooLong(probe, limit, longest)


def enough_bpp(measured: float) -> float:
    """Bits per pixel to ask for, given what constant quality took: a calm picture needs fewer."""
    return min(ENOUGH_BPP, max(LEAST_BPP, 0.6 * measured))


def _audio_bps(total: float) -> int:
    for rate, above in ((128_000, 1.5e6), (96_000, 6e5), (64_000, 2.5e5)):
        if total > above:
            return rate
    return 40_000


def _rates(fps: float) -> tuple[float, ...]:
    """The rates to try: halving keeps the motion even where any other step would judder."""
    fps = fps / 2 if fps > 2 * USUAL_FPS + 1 else fps
    return (fps, fps / 2) if fps > USUAL_FPS + 1 else (fps,)


def _scaled(probe: Probe, side: int) -> tuple[int, int]:
    """Even sizes, which 4:2:0 needs, rounded down, so that nothing is ever enlarged."""
    short = min(probe.width, probe.height)
    return probe.width * side // short // 2 * 2, probe.height * side // short // 2 * 2
