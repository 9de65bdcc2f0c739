"""Units of measure: a small table, converted exactly. The case of b and B tells bits from bytes."""

from dataclasses import dataclass
from decimal import Decimal

from engine.judging.fold import fold


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a multiple of its dimension's base unit."""

    dimension: str
    factor: Decimal
    binary_factor: Decimal
    """The same where a kilo is 1024."""


_PREFIXES = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_PREFIX_WORDS = {"": 0, "kilo": 1, "méga": 2, "mega": 2, "giga": 3, "téra": 4, "tera": 4}
_BINARY_WORDS = {"kibi": 1, "mébi": 2, "mebi": 2, "gibi": 3, "tébi": 4, "tebi": 4}
_SMALL = {"n": -9, "µ": -6, "μ": -6, "u": -6, "m": -3}


def _scaled(dimension: str, base: int, power: int, *, binary: bool = False) -> Unit:
    plain, doubled = Decimal(1000) ** power * base, Decimal(1024) ** power * base
    return Unit(dimension, doubled if binary else plain, doubled)


def _simple(dimension: str, factor: Decimal | int = 1) -> Unit:
    return Unit(dimension, Decimal(factor), Decimal(factor))


def _amounts() -> dict[str, Unit]:
    """Bits and bytes. The prefix's case is free, the b's is not."""
    found: dict[str, Unit] = {}
    for prefix, power in _PREFIXES.items():
        for typed in {prefix, prefix.upper()}:
            for name, bits in (("o", 8), ("O", 8), ("B", 8), ("b", 1), ("bit", 1), ("bits", 1)):
                found[typed + name] = _scaled("amount", bits, power)
                if prefix:
                    for i in "iI":
                        found[typed + i + name] = _scaled("amount", bits, power, binary=True)
    for words, binary in ((_PREFIX_WORDS, False), (_BINARY_WORDS, True)):
        for prefix, power in words.items():
            for name, bits in (("octet", 8), ("byte", 8), ("bit", 1)):
                unit = _scaled("amount", bits, power, binary=binary)
                found |= {prefix + name: unit, prefix + name + "s": unit}
    return found


def _rates(amounts: dict[str, Unit]) -> dict[str, Unit]:
    """Amounts by the second."""
    found: dict[str, Unit] = {}
    for name, unit in amounts.items():
        rate = Unit("rate", unit.factor, unit.binary_factor)
        found |= {f"{name}/s": rate}
        if name.endswith(("b", "B")):
            found |= {f"{name}ps": rate}
    return found


def _prefixed(dimension: str, symbol: str, prefixes: dict[str, int]) -> dict[str, Unit]:
    return {p + symbol: _simple(dimension, Decimal(10) ** power) for p, power in prefixes.items()}


_SMALL_WORDS = {"": 0, "milli": -3, "micro": -6, "nano": -9}
_LARGE = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12}
_LARGE_WORDS = {"": 0, "kilo": 3, "méga": 6, "mega": 6, "giga": 9, "téra": 12, "tera": 12}

_NAMED: tuple[tuple[str, Decimal | int, str], ...] = (
    ("time", 1, "sec"),
    ("time", 60, "min minute minutes"),
    ("time", 3600, "h heure heures hour hours"),
    ("time", 86400, "j d jour jours day days"),
    ("length", Decimal("0.01"), "cm centimètre centimètres centimetre centimetres"),
    ("length", 1000, "km kilomètre kilomètres kilometre kilometres kilometer kilometers"),
    ("share", 1, "% pourcent pourcents percent"),
    ("power", 1, "watt watts"),
    ("tension", 1, "V volt volts"),
    ("current", 1, "A ampère ampères amp amps"),
    ("pixels", 1, "px pixel pixels"),
    ("temperature", 1, "°C"),
    ("euros", 1, "€ euro euros"),
    ("dollars", 1, "$ dollar dollars"),
)


def _others() -> dict[str, Unit]:
    found = _prefixed("time", "s", {"": 0, **_SMALL}) | _prefixed("length", "m", {"": 0, **_SMALL})
    for second in ("seconde", "secondes", "second", "seconds"):
        found |= _prefixed("time", second, _SMALL_WORDS)
    for metre in ("mètre", "mètres", "metre", "metres", "meter", "meters"):
        found |= _prefixed("length", metre, _SMALL_WORDS)
    hertz = _prefixed("frequency", "Hz", _LARGE)
    for name, unit in hertz.items():
        found |= {name: unit, name.lower(): unit, name.upper(): unit}
    found |= _prefixed("frequency", "hertz", _LARGE_WORDS) | _prefixed("power", "W", _LARGE)
    for dimension, factor, names in _NAMED:
        found |= {name: _simple(dimension, factor) for name in names.split()}
    return found | {"pour cent": _simple("share"), "per cent": _simple("share")}


def _all() -> dict[str, Unit]:
    amounts = _amounts()
    return amounts | _rates(amounts) | _others()


WORD_LETTERS_MIN = 4
"""A shorter name is a symbol, and a symbol's case is part of it."""


def _in_any_case(units: dict[str, Unit]) -> dict[str, Unit]:
    """The long names without case and accents, except where case tells bits from bytes."""
    found: dict[str, set[Unit]] = {}
    for name, unit in units.items():
        if len(name) >= WORD_LETTERS_MIN:
            found.setdefault(fold(name).casefold(), set()).add(unit)
    return {name: meant.pop() for name, meant in found.items() if len(meant) == 1}


UNITS = _all()
_WORDS = _in_any_case(UNITS)
UNIT_NAMES = (
    "o, B, b, ko … To, kB … TB, Kio … Tio, Mb/s, s, ms, µs, ns, min, h, j, "
    "Hz … THz, %, m, cm, mm, nm, km, V, A, W, px, °C, €, $"
)
"""For an author whose unit is not known."""


def find_unit(name: str) -> Unit | None:
    """The unit of this name; a symbol keeps its case, a word is free in it and in its accents."""
    return UNITS.get(name) or _WORDS.get(fold(name).casefold())
