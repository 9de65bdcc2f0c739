"""People: who is behind an account, as staff read it."""

import json
from collections.abc import Collection

from engine.standings.reckoning import names_of
from engine.storage.database import Reader
from riddles.discord.markdown import escape


async def people_of(reader: Reader, accounts: Collection[int], server: int) -> dict[int, str]:
    """By account: the name under which a member was seen, or else a mention, which pings nobody.

    Who was erased is not in it.
    """
    wanted = list(accounts)
    names = await names_of(reader, wanted, server=server) if wanted else {}
    rows = await reader.all(
        "SELECT id, account FROM members WHERE account IN (SELECT value FROM json_each(?))",
        (json.dumps(wanted),),
    )
    mentions = {row["account"]: f"<@{row['id']}>" for row in rows}
    return mentions | {account: f"**{escape(name)}**" for account, name in names.items()}
