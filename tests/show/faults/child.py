"""The program in a process of its own, until it is killed."""

import asyncio

from tests.show.child import as_told


async def main() -> None:
    async with as_told():
        await asyncio.Event().wait()


asyncio.run(main())
