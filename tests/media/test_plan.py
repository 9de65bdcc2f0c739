"""How large a picture a limit affords: never larger than it was, never starved."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riddles.media import SAFE_LIMIT, upload_limit, variants
from riddles.media.plan import Plan, TooLong, enough_bpp, to_fit
from riddles.media.probe import Probe

MIB = 1024 * 1024
FULL_HD = Probe(
    container="mov",
    size=100 * MIB,
    duration_s=60,
    video="h264",
    profile="High",
    pixels="yuv420p",
    width=1920,
    height=1080,
    rotation=0,
    square=True,
    fps=30,
    interlaced=False,
    hdr=False,
    audio="aac",
    channels=2,
    sounds=1,
)


@pytest.mark.parametrize(
    ("mebibytes", "seconds", "height"),
    [
        (10, 30, 1080),
        (10, 60, 720),
        (10, 90, 540),
        (10, 180, 360),
        (20, 60, 1080),
        (20, 120, 720),
        (50, 120, 1080),
        (100, 300, 1080),
    ],
)
def test_the_picture_shrinks_with_the_time_it_must_fill(
    mebibytes: int, seconds: int, height: int
) -> None:
    plan = to_fit(replace(FULL_HD, duration_s=seconds), mebibytes * MIB)

    assert (plan.width, plan.height) == (height * 16 // 9, height)


def test_smooth_motion_is_halved_before_the_picture_shrinks() -> None:
    plan = to_fit(replace(FULL_HD, fps=60, duration_s=30), 10 * MIB)

    assert (plan.height, plan.fps) == (1080, 30)


def test_a_portrait_video_stays_upright() -> None:
    plan = to_fit(replace(FULL_HD, width=1080, height=1920), 10 * MIB)

    assert (plan.width, plan.height) == (720, 1280)


def test_what_is_too_long_is_told_what_would_fit_and_that_fits() -> None:
    with pytest.raises(TooLong) as refused:
        to_fit(replace(FULL_HD, duration_s=900), 10 * MIB)

    longest = refused.value.longest_s
    assert 240 < longest < 900
    assert to_fit(replace(FULL_HD, duration_s=longest * 0.99), 10 * MIB).height == 240


PROBES = st.builds(
    replace,
    st.just(FULL_HD),
    width=st.integers(16, 4096),
    height=st.integers(16, 4096),
    fps=st.floats(1, 120),
    duration_s=st.floats(0.5, 1800),
)


@given(PROBES, st.integers(100_000, 100 * MIB), st.floats(0.001, 1))
def test_a_plan_is_even_never_enlarged_and_within_its_bits(
    probe: Probe, limit: int, measured: float
) -> None:
    with suppress(TooLong):
        plan = to_fit(probe, limit, enough_bpp=enough_bpp(measured))
        sound(plan, probe, limit)


def sound(plan: Plan, probe: Probe, limit: int) -> None:

    assert plan.video_bps is not None
    assert (plan.video_bps + plan.audio_bps) * probe.duration_s / 8 <= limit
    assert plan.width <= probe.width
    assert plan.height <= probe.height
    assert plan.fps <= probe.fps
    assert (plan.width % 2, plan.height % 2) == (0, 0)
    assert min(plan.width, plan.height) > 0


@pytest.mark.parametrize(
    ("level", "override", "mebibytes"),
    [(0, None, 10), (1, None, 10), (2, None, 50), (3, None, 100), (9, None, 100), (0, 20, 20)],
)
def test_a_servers_limit_follows_its_boosts_unless_settings_say_otherwise(
    level: int, override: int | None, mebibytes: int
) -> None:
    limit = upload_limit(level, override and override * MIB)

    assert limit == mebibytes * MIB


def test_a_smaller_variant_stands_by_for_a_refused_upload() -> None:
    assert variants(50 * MIB) == (50 * MIB, SAFE_LIMIT)
    assert variants(8 * MIB) == (8 * MIB,)
