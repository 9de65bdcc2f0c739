"""Makes a video fit an upload limit, losing as little as possible.

Three ways, best first: the very same pictures in a new container; constant quality, if that is
small enough; two passes at the rate that fills the limit. Whatever comes out is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from riddles.media import tool
from riddles.media.decode import damaged
from riddles.media.plan import Plan, at_quality, enough_bpp, to_fit
from riddles.media.probe import Probe
from riddles.media.refusal import Kind, MediaRefusal

CRF = "20"
NO_FONT = "failed to find any fallback"
ATTEMPTS = 4
FULL = 0.9
"""Of the limit: less than this and a video that had to be squeezed is squeezed again."""
STALLED = 1.02
"""A try that gained less than this shows a picture that needs no more bits."""
ROOMY_SOURCE = 1.25
"""A source this much over the limit may still fit once its other tracks are gone."""
PLAYABLE_PROFILES = frozenset({"Baseline", "Constrained Baseline", "Main", "High"})
STRIP = ["-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn"]
CONTAINER = [*STRIP, "-fflags", "+bitexact", "-movflags", "+faststart", "-f", "mp4"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One video to fit into `limit` bytes at `out`, with `captions` drawn into it if given."""

    source: Path
    probe: Probe
    limit: int
    out: Path
    captions: Path | None
    advance: Callable[[float], None]

    def step(self, start: float, stop: float) -> tool.Advance:
        """Report ffmpeg's seconds as a part of the whole."""

        def advance(seconds: float, _size: int) -> bool:
            done = min(1.0, seconds / self.probe.duration_s)
            self.advance(start + (stop - start) * done)
            return True

        return advance


def fit(job: Job) -> str:
    """Write the fitted video and tell the way it went: remux, quality or two-pass.

    Raises:
        MediaRefusal: damaged, or too long for the limit (`TooLong`).
    """
    if can_copy(job) and copy(job):
        return "remux"
    return encode(job)


def can_copy(job: Job) -> bool:
    """Whether the pictures play everywhere as they are."""
    probe = job.probe
    return (
        not job.captions
        and probe.video == "h264"
        and probe.profile in PLAYABLE_PROFILES
        and probe.pixels == "yuv420p"
        and probe.square
        and not probe.interlaced
        and not probe.hdr
        and probe.fps <= 60.5  # noqa: PLR2004 - what phones decode; 59.94 and 60 are meant
        and probe.size <= job.limit * ROOMY_SOURCE
    )


def copy(job: Job) -> bool:
    """Put the same pictures into a new file; False if that is still too large."""
    stereo_aac = job.probe.audio == "aac" and job.probe.channels <= 2  # noqa: PLR2004 - stereo
    sound = ["-c:a", "copy"] if stereo_aac else _sound(128_000)
    _must(tool.ffmpeg([*_input(job), "-c:v", "copy", *sound, *CONTAINER, f"file:{job.out}"]), job)
    return job.out.stat().st_size <= job.limit


def encode(job: Job) -> str:
    """Encode anew: at constant quality if that fits, else to the size."""
    measured = _at_quality(job)
    if measured is None:
        return "quality"
    _to_size(job, to_fit(job.probe, job.limit, enough_bpp=enough_bpp(measured)))
    return "two-pass"


def _at_quality(job: Job) -> float | None:
    """None if constant quality fits; else the bits per pixel it was taking when stopped."""
    plan = at_quality(job.probe)
    taken: list[float] = []

    def advance(seconds: float, size: int) -> bool:
        job.advance(0.4 * min(1.0, seconds / job.probe.duration_s))
        taken.append(size * 8 / seconds)
        return size <= job.limit

    rate = ["-crf", CRF]
    run = tool.ffmpeg(_encoder(job, plan, rate, job.out), advance)
    if not run.stopped:
        _must(run, job)
        if job.out.stat().st_size <= job.limit:
            return None
    return taken[-1] / (plan.width * plan.height * plan.fps) if taken else 1.0


def _to_size(job: Job, plan: Plan) -> None:
    """Two passes, measured; again at another rate while the file is over, or clearly under."""
    stats = job.out.with_suffix(".pass")
    spare = job.out.with_suffix(".spare.mp4")
    rate = plan.video_bps or 0
    best = under = over = 0
    for attempt in range(ATTEMPTS):
        bits = ["-b:v", str(rate), "-maxrate", str(2 * rate), "-bufsize", str(2 * rate)]
        if not attempt:
            first = _encoder(job, plan, [*bits, "-pass", "1", *_log(stats)], None)
            _must(tool.ffmpeg(first, job.step(0.4, 0.6)), job)
        second = _encoder(job, plan, [*bits, "-pass", "2", *_log(stats)], spare)
        _must(tool.ffmpeg(second, job.step(0.6, 0.9)), job)
        size = spare.stat().st_size
        if size > job.limit:
            over = rate
        else:
            full = size >= FULL * job.limit or size < STALLED * best
            if size > best:
                spare.replace(job.out)
                best, under = size, rate
            if full:
                break
        # Between a rate that was too much and one that was too little lies a better one.
        rate = (under + over) // 2 if under and over else int(rate * job.limit * 0.97 / size)
    if not best:
        raise MediaRefusal(
            "the video could not be brought under the limit: export it shorter or smaller",
            Kind.TOO_LONG,
        )


def _input(job: Job) -> list[str]:
    sound = ["-map", "0:a:0"] if job.probe.audio else []
    return [*tool.source(str(job.source)), "-map", "0:V:0", *sound]


def _encoder(job: Job, plan: Plan, rate: list[str], out: Path | None) -> list[str]:
    """The command line of one encode; without `out` it is a first pass."""
    picture = ["-vf", ",".join(_filters(job, plan)), "-c:v", "libx264", "-preset", "veryfast"]
    picture += ["-profile:v", "high", "-pix_fmt", "yuv420p", "-g", str(round(2 * plan.fps)), *rate]
    if out is None:
        return [*tool.source(str(job.source)), "-map", "0:V:0", *picture, "-an", "-f", "null", "-"]
    sound = _sound(plan.audio_bps) if job.probe.audio else []
    return [*_input(job), *picture, *sound, *CONTAINER, f"file:{out}"]


def _filters(job: Job, plan: Plan) -> list[str]:
    filters: list[str] = []
    if job.probe.interlaced:
        filters.append("bwdif=deint=interlaced")
    if plan.fps < job.probe.fps:
        filters.append(f"fps={plan.fps:.6f}")
    if job.probe.hdr:
        # Without this, what was bright is grey on every ordinary screen.
        filters.append("zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709")
        filters.append("tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv")
    filters.append(f"scale={plan.width}:{plan.height}:out_range=tv,setsar=1")
    if job.captions:
        # By its name alone, for the filter's own quoting is no place for a path: the worker
        # stands in the folder where the captions lie.
        filters.append(f"subtitles=filename={job.captions.name}")
    return filters


def _sound(bps: int) -> list[str]:
    return ["-c:a", "aac", "-b:a", str(bps), "-ac", "2", "-ar", "48000"]


def _log(stats: Path) -> list[str]:
    return ["-passlogfile", str(stats)]


def _must(run: tool.Run, job: Job) -> None:
    if job.captions and NO_FONT in run.log:
        raise MediaRefusal(
            "this computer has no font to draw the captions with: install one (Debian: apt "
            "install fonts-dejavu-core), or remove captions_burn",
            Kind.CAPTIONS,
        )
    if run.ok:
        return
    if run.out_of_space(job.out.parent):
        raise tool.no_space()
    raise damaged(run.seconds)
