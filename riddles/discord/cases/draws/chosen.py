"""Which draw is meant: by the name that was typed, by the number of a button, or the newest."""

from engine.draws import record
from engine.draws.record import Draw
from engine.storage.database import Reader
from riddles.refusal import Refusal
from riddles.show import Show


async def chosen(reader: Reader, name: str) -> Draw:
    """The draw of that name, or the newest.

    Raises:
        Refusal: there is none.
    """
    if name:
        draw = await record.named(reader, name)
    else:
        newest = await reader.value("SELECT max(id) FROM draws")
        draw = None if newest is None else await record.get(reader, newest)
    if draw is None:
        raise Refusal("there is no such draw") if name else Refusal("no draw was announced yet")
    return draw


async def numbered(reader: Reader, draw: int) -> Draw:
    """The draw that a button is about.

    Raises:
        Refusal: there is none.
    """
    try:
        return await record.get(reader, draw)
    except LookupError:
        raise Refusal("there is no such draw") from None


async def offered(show: Show, lang: str, typed: str, *, open_only: bool) -> list[tuple[str, str]]:
    """The draws one may name, the newest first: by its title, and the name it stands for."""
    async with show.database.reading() as reader:
        rows = await reader.all(
            "SELECT id FROM draws WHERE ? OR state NOT IN ('settled', 'cancelled') "
            "ORDER BY id DESC LIMIT 25",
            (not open_only,),
        )
        found = [await record.get(reader, row["id"]) for row in rows]
    named = [
        (f"{draw.rules.text(draw.rules.title, lang)} ({draw.name})"[-100:], draw.name)
        for draw in found
    ]
    return [one for one in named if typed.casefold() in one[0].casefold()]
