"""Names and descriptions of commands, in each Discord locale we speak."""

from collections.abc import Mapping

import hikari

from riddles.discord.locales import texts


def localize(key: str) -> Mapping[hikari.Locale, str]:
    """What Discord shows for `key`.

    Both kinds of English are named: a client set to the one would otherwise show its reader the
    other language that we speak.
    """
    return {
        hikari.Locale.EN_US: texts("en").command(key),
        hikari.Locale.EN_GB: texts("en").command(key),
        hikari.Locale.FR: texts("fr").command(key),
    }
