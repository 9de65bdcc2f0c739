"""Discord's ids hold the moment of their making: milliseconds since 2015 above 22 other bits."""

DISCORD_EPOCH_MS = 1_420_070_400_000


def snowflake_ms(snowflake: int) -> int:
    """The millisecond in which Discord made an id, UTC since 1970."""
    return (int(snowflake) >> 22) + DISCORD_EPOCH_MS


def first_snowflake(ms: int) -> int:
    """The smallest id that Discord could make in a millisecond."""
    return max(ms - DISCORD_EPOCH_MS, 0) << 22
