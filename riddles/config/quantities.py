"""Sizes and zones as people write them."""

import re
import zoneinfo
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from zoneinfo import ZoneInfo

from engine.errors import Misread

_SIZE_UNITS = {"MiB": 1024**2, "MB": 1000**2, "KiB": 1024, "kB": 1000, "GiB": 1024**3}


def parse_size(text: str) -> int:
    """Read `10 MiB` as bytes.

    Raises:
        ValueError: not of that form, or nothing at all.
    """
    match = re.fullmatch(r"(\d{1,6}) ?([A-Za-z]+)", text)
    unit = _SIZE_UNITS.get(match[2]) if match else None
    if match is None or unit is None or int(match[1]) == 0:
        raise Misread('"{text}" is not a size; write it like "10 MiB"', text=text)
    return int(match[1]) * unit


def write_size(size: int) -> str:
    """The text that reads back as `size`, as far as whole units can say it."""
    unit = "MiB" if size % _SIZE_UNITS["MiB"] == 0 else "KiB"
    return f"{size // _SIZE_UNITS[unit]} {unit}"


def parse_network(text: str) -> IPv4Network | IPv6Network:
    """Read `10.0.0.0/8`, or one address.

    Raises:
        ValueError: no network.
    """
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise Misread('"{text}" is not a network; write it like "10.0.0.0/8"', text=text) from None


def parse_zone(name: str) -> ZoneInfo:
    """Read a time zone such as `Europe/Paris`.

    Raises:
        ValueError: no such zone, or this machine knows no zones at all.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = zoneinfo.available_timezones()
    if not known:
        raise Misread(
            '"{name}" cannot be looked up: this machine has no time zone data; install it with: '
            "pip install tzdata",
            name=name,
        )
    if near := get_close_matches(name, known, n=1):
        says = '"{name}" is not a time zone: did you mean "{near}"?'
        raise Misread(says, name=name, near=near[0])
    raise Misread('"{name}" is not a time zone: write it like "Europe/Paris"', name=name)
