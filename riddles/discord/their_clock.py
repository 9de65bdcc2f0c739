"""Discord's clock, as the `Date` of its answers tells it: to the second, and with no token."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=5)


async def time_at(api_url: str) -> datetime | None:
    """What time it is there; None if the answer does not say.

    Raises:
        aiohttp.ClientError, TimeoutError: nobody answers.
    """
    async with (
        aiohttp.ClientSession(timeout=PATIENCE) as session,
        session.get(f"{api_url}/gateway") as answer,
    ):
        told = answer.headers.get("Date", "")
    try:
        return parsedate_to_datetime(told).astimezone(UTC)
    except (TypeError, ValueError):
        return None
