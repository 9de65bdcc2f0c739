"""How a person names a member on the command line: a Discord id, a mention, or an account."""

import re
from typing import Annotated

import typer

ID_MAX = 2**63 - 1
"""The largest number that the books can hold."""

_WRITTEN = re.compile(r"(?:<@!?)?([0-9]{1,19})>?", re.ASCII)


def member_id(typed: str) -> int:
    """The number that was typed or copied, out of a mention too.

    Raises:
        BadParameter: it is none.
    """
    from riddles.console import here

    found = _WRITTEN.fullmatch(typed.strip())
    if found is None or int(found[1]) > ID_MAX:
        raise typer.BadParameter(
            here()(
                "“{typed}” is no Discord id, which has 17 to 19 digits: copy it from Discord "
                "(right-click on the member, Copy User ID)",
                typed=typed,
            )
        )
    return int(found[1])


Member = Annotated[
    int, typer.Argument(parser=member_id, metavar="MEMBER", help="The member's Discord id.")
]
