"""From a file to a finished video and poster: probe, fit, watch, search. Runs in the worker."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from riddles.media.captions import verify_captions, write_for_burning
from riddles.media.decode import loudness_warnings, watch
from riddles.media.events import Events
from riddles.media.fit import Job, encode, fit
from riddles.media.leaks import leaks
from riddles.media.limits import Bounds
from riddles.media.poster import find_poster, write_poster
from riddles.media.probe import Probe, probe
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

SMALL_SIDE = 480
FULL_HD_RATE = 1920 * 1080 * 30
HASTE = 60
"""Seconds of work allowed per second of Full HD: fifty times what two free cores take, because
the worker steps back for everybody; one that hangs is noticed by its silence."""


def make(job: dict[str, Any], events: Events) -> dict[str, Any]:
    """Write video.mp4 and poster.jpg into the work folder and tell their facts.

    Raises:
        MediaRefusal: with one sentence for the animator.
    """
    started = time.monotonic()
    source, folder, work = Path(job["source"]), Path(job["folder"]), Path(job["work"])
    os.chdir(work)
    events.progress("checking", 0.0)
    facts = probe(source, job["name"], bounds=Bounds(**job["bounds"]))
    events.deadline(60 + HASTE * facts.duration_s * max(0.3, _rate(facts) / FULL_HD_RATE))
    out = work / "video.mp4"
    fitting = Job(
        source=source,
        probe=facts,
        limit=job["limit"],
        out=out,
        captions=_captions(folder, job["captions_burn"], facts, job["secrets"], work),
        advance=lambda done: events.progress("fitting", done),
    )
    way = fit(fitting)
    if way == "remux" and leaks(out, job["secrets"]):
        # What is left of the source's words sits inside its pictures; new pictures have none.
        way = encode(fitting)
    result = probe(out)
    watched = watch(out, result, lambda done: events.progress("watching", done))
    if result.size > job["limit"]:
        raise MediaRefusal("the fitted video is over the limit: report this", Kind.WORKER)
    poster = work / "poster.jpg"
    write_poster(out, result.duration_s, find_poster(folder), poster)
    if leaks(out, job["secrets"]) or leaks(poster, job["secrets"]):
        raise MediaRefusal(
            "the finished video still spells the answer in its bytes: export it anew, without "
            "titles and comments",
            Kind.LEAK,
        )
    for path in work.iterdir():
        if path not in {out, poster}:
            path.unlink()
    return {
        "size": result.size,
        "width": result.width,
        "height": result.height,
        "duration_s": result.duration_s,
        "fps": result.fps,
        "loudness_lufs": watched.loudness_lufs,
        "warnings": [one.kept for one in [*_warnings(facts, result), *loudness_warnings(watched)]],
        "way": way,
        "seconds_taken": round(time.monotonic() - started, 1),
        "source_size": facts.size,
        "source_codecs": f"{facts.video}+{facts.audio}" if facts.audio else facts.video,
    }


def poster_only(job: dict[str, Any], events: Events) -> dict[str, Any]:
    """Write poster.jpg alone, for a post that links to its video."""
    source, poster = Path(job["source"]), Path(job["work"]) / "poster.jpg"
    events.progress("checking", 0.0)
    facts = probe(source, job["name"], bounds=Bounds(**job["bounds"]))
    write_poster(source, facts.duration_s, find_poster(Path(job["folder"])), poster)
    return {"duration_s": facts.duration_s}


def _captions(
    folder: Path, name: str | None, facts: Probe, secrets: Sequence[str], work: Path
) -> Path | None:
    if not name:
        return None
    cues = verify_captions(folder, name, secrets=secrets, duration_s=facts.duration_s)
    out = work / "burn.srt"
    write_for_burning(cues, out)
    return out


def _warnings(source: Probe, result: Probe) -> list[Sentence]:
    warnings: list[Sentence] = []
    short = min(result.width, result.height)
    if short < SMALL_SIDE and short < min(source.width, source.height):
        warnings.append(
            Sentence(
                "to fit the limit the picture shrank to {size}: a shorter video would be sharper",
                size=f"{result.width}x{result.height}",
            )
        )
    if source.sounds > 1:
        warnings.append(Sentence("only the first of {n} sound tracks was kept", n=source.sounds))
    if source.hdr:
        warnings.append(Sentence("HDR was brought down to ordinary colours: look at the result"))
    return warnings


def _rate(facts: Probe) -> float:
    return facts.width * facts.height * facts.fps
