"""Sound for silent pictures: tones, ticks and a soft chord, mixed into one stereo track.

A track is as long as its film. Pitch follows value through `pitch`; `limited` keeps every peak,
also those between samples, under a ceiling. The loudness is set where the film is encoded.
"""

import math

from studio_canvas import Late

np = Late("numpy")

RATE = 48_000
PENTATONIC = (0, 2, 4, 7, 9)
# Each timbre is the strength of its partials: the first is the tone, the next its octave, …
TIMBRES = {
    "pure": (1.0,),
    "soft": (1.0, 0.35, 0.12, 0.05),
    "glass": (1.0, 0.0, 0.3, 0.0, 0.18, 0.0, 0.1),
    "reed": (1.0, 0.6, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08),
}


def pitch(value: float, low: float = 220.0, high: float = 880.0) -> float:
    """The frequency for a value between 0 and 1: equal steps of value are equal intervals."""
    return low * (high / low) ** value


def note(value: float, octaves: int = 3, low: float = 130.81) -> float:
    """As `pitch`, but drawn to the nearest step of a five-note scale, which never clashes."""
    step = round(min(1.0, max(0.0, value)) * octaves * len(PENTATONIC))
    octave, degree = divmod(step, len(PENTATONIC))
    return low * 2 ** (octave + PENTATONIC[degree] / 12)


class Track:
    """The sound of a film, `seconds` long; what would sound beyond its end is cut."""

    def __init__(self, seconds: float) -> None:
        self.samples = np.zeros((round(seconds * RATE), 2))

    def add(self, at: float, wave: object, *, gain: float = 1.0, pan: float = 0.0) -> None:
        """Mix in a wave (an array at 48 kHz); pan goes from -1, left, to 1, right."""
        start = round(at * RATE)
        room = self.samples[start : start + len(wave)]
        angle = (min(1.0, max(-1.0, pan)) + 1) * math.pi / 4
        sides = np.array([math.cos(angle), math.sin(angle)]) * gain
        room += wave[: len(room), None] * sides

    def tone(
        self,
        at: float,
        hz: float,
        seconds: float = 0.15,
        *,
        gain: float = 0.3,
        pan: float = 0.0,
        timbre: str = "soft",
        struck: bool = True,
    ) -> None:
        """A note; struck like a bell it fades from the start, otherwise it holds until its end."""
        t = np.arange(round(seconds * RATE)) / RATE
        wave = sum(
            strength * np.sin(2 * np.pi * hz * partial * t)
            for partial, strength in enumerate(TIMBRES[timbre], 1)
            if hz * partial < RATE / 2.5
        )
        edges = _envelope(len(t), 0.004, min(0.03, seconds / 3))
        fade = np.exp(-4.0 * t / seconds) if struck else 1.0
        self.add(at, wave * edges * fade, gain=gain, pan=pan)

    def glide(
        self,
        at: float,
        hz: tuple[float, float],
        seconds: float,
        *,
        gain: float = 0.2,
        pan: float = 0.0,
    ) -> None:
        """A tone sliding from one frequency to another."""
        t = np.arange(round(seconds * RATE)) / RATE
        path = hz[0] * (hz[1] / hz[0]) ** (t / seconds)
        wave = np.sin(2 * np.pi * np.cumsum(path) / RATE)
        edges = _envelope(len(t), seconds * 0.15, seconds * 0.3)
        self.add(at, wave * edges, gain=gain, pan=pan)

    def tick(self, at: float, *, gain: float = 0.2, pan: float = 0.0, hz: float = 1800.0) -> None:
        """A short wooden click: one event."""
        t = np.arange(round(0.05 * RATE)) / RATE
        wave = np.sin(2 * np.pi * hz * t) + 0.5 * np.sin(2 * np.pi * hz * 2.76 * t)
        self.add(at, wave * np.exp(-t / 0.007) * _envelope(len(t), 0.001, 0.01), gain=gain, pan=pan)

    def thud(self, at: float, *, gain: float = 0.5, pan: float = 0.0) -> None:
        """A low, soft blow: something has come to rest."""
        t = np.arange(round(0.35 * RATE)) / RATE
        phase = 2 * np.pi * (62 * t + 70 * 0.03 * (1 - np.exp(-t / 0.03)))
        wave = np.sin(phase) * np.exp(-t / 0.09)
        self.add(at, wave * _envelope(len(t), 0.003, 0.05), gain=gain, pan=pan)

    def chord(
        self, at: float, seconds: float = 2.5, *, root: float = 130.81, gain: float = 0.12
    ) -> None:
        """A wide, slow major ninth, for the moment when all is done."""
        t = np.arange(round(seconds * RATE)) / RATE
        edges = _envelope(len(t), min(0.35, seconds / 3), seconds * 0.5)
        for i, semitones in enumerate((0, 7, 12, 16, 19, 26)):
            for side in (-1, 1):
                hz = root * 2 ** (semitones / 12) * (1 + side * 0.0012)
                wave = np.sin(2 * np.pi * hz * t) + 0.2 * np.sin(4 * np.pi * hz * t)
                self.add(at, wave * edges, gain=gain / (1 + i * 0.35), pan=side * 0.7)


def _envelope(length: int, attack: float, release: float) -> object:
    n = np.arange(length)
    rise = np.clip(n / max(1, attack * RATE), 0, 1)
    fall = np.clip((length - n) / max(1, release * RATE), 0, 1)
    return (rise**2 * (3 - 2 * rise)) * (fall**2 * (3 - 2 * fall))


def limited(samples: object, ceiling_db: float) -> object:
    """The same sound with its peaks, also those between samples, held under the ceiling."""
    block = 48  # One millisecond.
    count = math.ceil(len(samples) / block)
    padded = np.zeros((count * block, 2))
    padded[: len(samples)] = samples
    peaks = _true_peaks(padded).reshape(count, -1).max(axis=1)
    wanted = np.minimum(1.0, 10 ** (ceiling_db / 20) / np.maximum(peaks, 1e-9))
    # The lowest gain within 20 ms on both sides, then their average: it is down before the peak
    # arrives, never above what a peak needs, and never jumps.
    reach = 20
    lowest = np.lib.stride_tricks.sliding_window_view(
        np.pad(wanted, 2 * reach, constant_values=1.0), 2 * reach + 1
    ).min(axis=1)
    smooth = np.convolve(lowest, np.ones(2 * reach + 1) / (2 * reach + 1), mode="valid")
    centres = (np.arange(count) + 0.5) * block
    gain = np.interp(np.arange(len(samples)), centres, smooth)
    return samples * gain[:, None]


def _true_peaks(samples: object) -> object:
    """The loudest of each sample's four quarter-steps, over both sides."""
    length = len(samples)
    spectrum = np.fft.rfft(samples, axis=0)
    fine = np.fft.irfft(spectrum, length * 4, axis=0) * 4
    return np.abs(fine).max(axis=1)
