"""Test videos, drawn by ffmpeg when first asked for and kept for the session."""

import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] - it has none

SECRET = "Hourglass"
X264 = "-c:v libx264 -preset veryfast -pix_fmt yuv420p"
AAC = "-c:a aac -b:a 96k"

LEAKY = f""";FFMETADATA1
title={SECRET}
comment=it is the hourglass
[CHAPTER]
TIMEBASE=1/1000
START=0
END=2000
title=HOURGLASS
"""

RECIPES: dict[str, str] = {
    "good": f"{{pattern:640x360:30:4}} {{tone:4}} {X264} -b:v 1500k {AAC} -movflags +faststart",
    "tiny": f"{{pattern:320x240:30:3}} {{tone:3}} {X264} {AAC} -movflags +faststart",
    "noisy": "{noise:426x240:30:5} {tone:5} " + f"{X264} -crf 18 {AAC}",
    "short": "{noise:426x240:30:1} {tone:1} " + f"{X264} -crf 18 {AAC}",
    "uhd": f"{{pattern:3840x2160:30:2}} {{tone:2}} {X264} {AAC}",
    "fps60": f"{{pattern:640x360:60:3}} {{tone:3}} {X264} {AAC}",
    "portrait": f"{{pattern:360x640:30:3}} {{tone:3}} {X264} {AAC}",
    "rotated": "-display_rotation 90 -i {tiny} -c copy",
    "no_audio": "-i {tiny} -an -c copy",
    "audio_only": f"{{tone:3}} {AAC}",
    "one_frame": f"{{pattern:320x240:30:1}} -frames:v 1 {X264}",
    "hevc": "-i {tiny} -c:v libx265 -preset ultrafast -tag:v hvc1 -c:a copy",
    "av1": "-i {tiny} -c:v libsvtav1 -preset 12 -c:a copy",
    "vp9.webm": "-i {tiny} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k -c:a libopus",
    "deep444": "{pattern:640x360:60:2} -c:v libx264 -preset ultrafast -pix_fmt yuv444p10le",
    "hdr": (
        "{pattern:640x360:30:2} -c:v libx265 -preset ultrafast -tag:v hvc1 -pix_fmt yuv420p10le "
        "-x265-params colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:log-level=none"
    ),
    "interlaced": (
        "{pattern:640x360:50:2} -vf tinterlace=4 -c:v libx264 -preset veryfast -pix_fmt yuv420p "
        "-flags +ilme+ildct -x264-params tff=1"
    ),
    "quiet": f"{{pattern:320x240:30:4}} {{tone:4}} -af volume=-40dB {X264} {AAC}",
    "still.png": "{pattern:320x240:30:1} -frames:v 1",
    "cover": "-i {tiny} -i {still.png} -map 0 -map 1 -c copy -disposition:v:1 attached_pic",
    "leaky": (
        "-i {tiny} -i {leaky.txt} -i {leaky.srt} -map 0 -map 2 -map_metadata 1 -map_chapters 1 "
        "-c copy -c:s mov_text -metadata:s:v:0 handler_name=HOURGLASS-comp "
        "-metadata:s:a:0 title=hourglass-mix"
    ),
    "long": f"{{pattern:64x48:1:7200}} {X264} -preset ultrafast",
    "anamorphic": f"{{pattern:360x288:25:2}} -vf setsar=16/11 {X264}",
    "two_sounds": "-i {tiny} -map 0:v -map 0:a -map 0:a -c copy",
    "hls.m3u8": "-i {tiny} -c:v libx264 -g 30 -c:a copy -hls_time 1 -hls_playlist_type vod",
    "dash.mpd": "-i {tiny} -map 0:v -map 0:a -c copy -f dash",
}


def film(name: str) -> str:
    """Full HD with a little grain, of as many seconds as the name says: film60."""
    seconds = name.removeprefix("film")
    return f"{{grain:1920x1080:30:{seconds}}} {{tone:{seconds}}} {X264} -crf 20 {AAC}"


class Clips:
    """Makes clips in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str) -> Path:
        """The clip of this name; made if need be."""
        path = self.folder / (name if "." in name else f"{name}.mp4")
        if not path.exists():
            make = BYTES.get(name)
            if make:
                path.write_bytes(make(self))
            else:
                self._draw(RECIPES.get(name) or film(name), path)
        return path

    def _draw(self, recipe: str, path: Path) -> None:
        words: list[str] = []
        for word in recipe.split():
            if not word.startswith("{"):
                words.append(word)
                continue
            kind, *facts = word.strip("{}").split(":")
            match kind:
                case "pattern":
                    size, rate, seconds = facts
                    words += ["-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"]
                case "noise" | "grain":
                    size, rate, seconds = facts
                    much = {"noise": 30, "grain": 3}[kind]
                    noise = f"testsrc2=s={size}:r={rate}:d={seconds},noise=alls={much}:allf=t"
                    words += ["-f", "lavfi", "-i", noise]
                case "tone":
                    words += ["-f", "lavfi", "-i", f"sine=f=440:d={facts[0]}"]
                case other:
                    words.append(str(self(other)))
        subprocess.run(  # noqa: S603 - our own words
            [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *words, str(path)], check=True
        )


BYTES: dict[str, Callable[[Clips], bytes]] = {
    "cut_tail": lambda clips: clips("good").read_bytes()[:-200_000],
    "cut_head": lambda clips: clips("good").read_bytes()[5000:],
    "flipped": lambda clips: _flipped(clips("good").read_bytes()),
    "zero": lambda _clips: b"",
    "words": lambda _clips: b"not a video, though it is called one\n",
    "png_named": lambda clips: clips("still.png").read_bytes(),
    "webm_named": lambda clips: clips("vp9.webm").read_bytes(),
    "telling.png": lambda clips: _telling(clips("still.png").read_bytes()),
    "playlist": lambda _clips: b"#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "leaky.txt": lambda _clips: LEAKY.encode(),
    "leaky.srt": lambda _clips: f"1\n00:00:00,000 --> 00:00:02,000\n{SECRET}\n".encode(),
}


def _telling(png: bytes) -> bytes:
    """The same picture with the answer in a text chunk behind its header."""
    chunk = b"tEXtTitle\0" + SECRET.encode()
    size, check = len(chunk) - 4, zlib.crc32(chunk)
    return png[:33] + size.to_bytes(4) + chunk + check.to_bytes(4) + png[33:]


def _flipped(data: bytes) -> bytes:
    """The same file with a stretch in its middle overwritten: every probe still likes it."""
    middle = len(data) // 2
    return data[:middle] + bytes(4000) + data[middle + 4000 :]
