"""A fetch stays on the public internet, however an address is written."""

from datetime import date
from importlib.metadata import version

import pytest

from riddles.media import yt_dlp_age
from riddles.media.guard import Guard


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fc00::1", "ff02::1"),  # noqa: S104 - addresses to refuse
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::"),
    ],
)
def test_a_private_address_is_refused(address: str) -> None:
    assert not Guard(allow_private=False).permits(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_a_public_address_is_permitted(address: str) -> None:
    assert Guard(allow_private=False).permits(address)


def test_only_the_network_that_was_opened_is_open() -> None:
    guard = Guard(["10.0.0.0/8"])

    assert guard.permits("10.1.2.3")
    assert not guard.permits("192.168.0.1")
    assert Guard(allow_private=True).permits("192.168.0.1")


def test_yt_dlps_age_is_counted_from_its_version() -> None:
    year, month, day = (int(part) for part in version("yt-dlp").split(".")[:3])
    released = date(year, month, day)

    new, old = (yt_dlp_age(date.fromordinal(released.toordinal() + days)) for days in (3, 91))

    assert new
    assert old
    assert (new.days, new.old, old.old) == (3, False, True)
    assert 'pip install -U "yt-dlp[default,deno]"' in str(old)
    assert "update" not in str(new)
