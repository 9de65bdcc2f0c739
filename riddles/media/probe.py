"""What a video file is, read from the file itself: its name and extension prove nothing.

A probe opens containers of a short list only, and never lets a file pull in others. It also
reads the last packets, where a cut-off copy shows; only a full decode proves the rest.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

from riddles.media.folder import plain_file
from riddles.media.limits import BOUNDS, Bounds, spoken_size, spoken_time
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

if TYPE_CHECKING:
    from av.codec import CodecContext
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.stream import VideoStream

CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,gif"
"""What ffmpeg may open; a playlist or an image renamed to .mp4 is none of these."""

VIDEO_CODECS = frozenset(
    {"h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video"}
    | {"prores", "dnxhd", "mjpeg", "gif", "ffv1", "qtrle", "png"}
)
AUDIO_CODECS = frozenset(
    {"aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3"}
    | {"pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_f32le"}
)
END_S = 3.0
"""How far from its end a video is read by a probe; sound may outlast the picture by less."""
HDR_TRANSFERS = frozenset({16, 18})  # PQ and HLG, in the numbers of ITU-T H.273


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A video's facts; width and height are what a viewer sees, after rotation."""

    container: str
    size: int
    duration_s: float
    video: str
    profile: str
    pixels: str
    width: int
    height: int
    rotation: int
    square: bool
    fps: float
    interlaced: bool
    hdr: bool
    audio: str | None
    channels: int
    sounds: int
    """How many sound tracks there are; only the first is kept."""


def verify_file(folder: Path, name: str, *, bounds: Bounds = BOUNDS) -> Probe:
    """Look at a riddle's video without decoding it all; fast enough for every `riddles check`.

    Raises:
        MediaRefusal: with one sentence for the animator.
    """
    return probe(plain_file(folder, name), name, bounds=bounds)


def probe(path: Path, name: str | None = None, *, bounds: Bounds = BOUNDS) -> Probe:
    """The facts of the video at `path`, called `name` in what is said about it.

    Without a name it is the video that a link led to.

    Raises:
        MediaRefusal: not a video, not one we take, out of bounds, or cut off.
    """
    import av  # noqa: PLC0415 - imported late: only those who look at a video need the codecs
    from av.error import FFmpegError  # noqa: PLC0415 - as above

    if (size := path.stat().st_size) > bounds.source_bytes:
        raise MediaRefusal(
            "{name} has {size}; at most {most} are taken: export it smaller",
            Kind.TOO_BIG,
            name=_called(name),
            size=spoken_size(size),
            most=spoken_size(bounds.source_bytes),
        )
    try:
        with av.open(
            f"file:{path}",
            options={"protocol_whitelist": "file", "format_whitelist": CONTAINERS},
            metadata_errors="replace",
        ) as container:
            stream = _picture(container, name)
            facts = _facts(container, stream, name, size)
            _refuse_extremes(facts, name, bounds)
            _read_end(container, stream, facts.duration_s)
    except (FFmpegError, StopIteration, ValueError, OSError):
        raise MediaRefusal(
            "{name} cannot be read as a video (it is damaged, cut off or something else): export "
            "it again as an MP4 file",
            Kind.DAMAGED,
            name=_called(name),
        ) from None
    return facts


def _picture(container: "InputContainer", name: str | None) -> "VideoStream":
    from av.stream import Disposition  # noqa: PLC0415 - as above

    for stream in container.streams.video:
        # A cover picture is a video stream too, and not the video.
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise MediaRefusal(
        "{name} has no moving picture: export it with its video track",
        Kind.UNSUPPORTED,
        name=_called(name),
    )


def _facts(
    container: "InputContainer", stream: "VideoStream", name: str | None, size: int
) -> Probe:
    sounds = container.streams.audio
    video, audio = _codec(stream), _codec(sounds[0]) if sounds else None
    if video not in VIDEO_CODECS or (audio and audio not in AUDIO_CODECS):
        raise MediaRefusal(
            "{name} uses {codecs}, which is not supported: export it as H.264 with AAC",
            Kind.UNSUPPORTED,
            name=_called(name),
            codecs=f"{video} + {audio}" if audio else video,
        )
    rate = stream.average_rate or stream.guessed_rate
    frame = next(container.decode(stream))
    # Pixels need not be square, nor the camera upright; what counts is what a viewer sees.
    aspect = stream.sample_aspect_ratio or Fraction(1)
    wide, high = round(stream.width * aspect), stream.height
    if frame.rotation % 180:
        wide, high = high, wide
    return Probe(
        container=container.format.name,
        size=size,
        duration_s=_duration(container, stream),
        video=video,
        profile=str(stream.profile or ""),
        pixels=str(stream.format.name if stream.format else ""),
        width=wide,
        height=high,
        rotation=frame.rotation,
        square=aspect == 1,
        fps=float(rate) if rate else 0.0,
        interlaced=frame.interlaced_frame,
        hdr=int(stream.codec_context.color_trc or 0) in HDR_TRANSFERS,
        audio=audio,
        channels=sounds[0].codec_context.channels if sounds else 0,
        sounds=len(sounds),
    )


def _codec(stream: "Stream") -> str:
    # A stream without a decoder has no codec context; PyAV's stubs do not say so.
    context = cast("CodecContext | None", stream.codec_context)
    return context.codec.canonical_name if context else "an unknown codec"


def _duration(container: "InputContainer", stream: "VideoStream") -> float:
    if container.duration:
        return container.duration / 1_000_000
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    # Recorded in a browser: nobody went back to write the duration down, so read to the end.
    end = max((_end(packet) for packet in container.demux(stream)), default=0.0)
    container.seek(0)
    return end


def _end(packet: "Packet[VideoStream]") -> float:
    if packet.pts is None:
        return 0.0
    return float((packet.pts + (packet.duration or 0)) * packet.time_base)


def _refuse_extremes(facts: Probe, name: str | None, bounds: Bounds) -> None:
    if not facts.width or not facts.height or not facts.fps:
        raise ValueError("no size or no rate")
    duration, side = facts.duration_s, max(facts.width, facts.height)
    if duration < bounds.shortest_s:
        raise MediaRefusal(
            "{name} lasts {lasts}; at least {least} are needed: a single picture is not a video",
            Kind.TOO_SHORT,
            name=_called(name),
            lasts=spoken_time(duration),
            least=spoken_time(bounds.shortest_s),
        )
    if duration > bounds.duration_s:
        excess = Sentence(
            "lasts {lasts}; at most {most} are taken: cut it",
            lasts=spoken_time(duration),
            most=spoken_time(bounds.duration_s),
        )
    elif side > bounds.side:
        excess = Sentence(
            "is {size}; at most {most} pixels a side are taken: export it at 1080p",
            size=f"{facts.width}x{facts.height}",
            most=str(bounds.side),
        )
    elif facts.fps > bounds.fps:
        excess = Sentence(
            "has {fps} frames per second; at most {most} are taken: export it at 30 or 60",
            fps=f"{facts.fps:.0f}",
            most=f"{bounds.fps:.0f}",
        )
    else:
        return
    raise MediaRefusal("{name} {excess}", Kind.TOO_BIG, name=_called(name), excess=excess)


def _called(name: str | None) -> str | Sentence:
    """A file by its name; what a link led to has none that tells anything."""
    return name or Sentence("the linked video")


def _read_end(container: "InputContainer", stream: "VideoStream", duration: float) -> None:
    """Read the last packets: a fast-start file whose tail is missing opens without complaint."""
    container.seek(int(max(0.0, duration - END_S) * 1_000_000))
    end = 0.0
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise ValueError("a packet is cut off")
        end = max(end, _end(packet))
    start = float((stream.start_time or 0) * (stream.time_base or 0))
    if end - start < duration - END_S:
        raise ValueError("the last packets are missing")
