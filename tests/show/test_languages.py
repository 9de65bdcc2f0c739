"""French and English from the first string: nothing is missing, stale, or over Discord's limits."""

import asyncio
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import hikari
import lightbulb
import polib
import pytest

from riddles.discord import commands
from riddles.discord.bot import RiddleBot
from riddles.discord.locales import texts
from tests.sentences import DISCORD, Sentence, all_sentences

FRENCH = polib.pofile(str(DISCORD / "locales" / "fr" / "LC_MESSAGES" / "riddles.po"))
BREAKING = re.compile(r" [!?;:»]|« |[a-zà-ÿ]'[a-zà-ÿ]")
"""Spaces at which a line may break before a sign, and straight apostrophes."""
NAME = re.compile(r"^[-_'\w]{1,32}$")


def fields(sentence: str) -> set[str]:
    """The facts a sentence shows."""
    return set(re.findall(r"\{(\w+)\}", sentence))


def in_catalogue() -> set[Sentence]:
    return {Sentence(e.msgctxt, e.msgid, e.msgid_plural or None) for e in FRENCH}


def translations() -> Iterator[tuple[str, str]]:
    for entry in FRENCH:
        several = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        yield from ((entry.msgid_plural or entry.msgid, each) for each in several)


def test_every_sentence_is_in_the_french_catalogue_and_no_other() -> None:
    assert in_catalogue() == {each for each in all_sentences() if each.text not in ("fr", "en")}


def test_every_sentence_is_translated() -> None:
    assert all(translation.strip() for _, translation in translations())


def test_a_translation_shows_the_same_facts() -> None:
    strays = {
        (original, translation)
        for original, translation in translations()
        if fields(original) != fields(translation)
    }

    assert not strays


def test_french_typography_is_kept() -> None:
    faults = [each for _, each in translations() if BREAKING.search(each)]

    assert not faults


def test_french_counts_zero_and_one_alike() -> None:
    assert texts("fr").points(0) == "0 point"
    assert texts("en").points(0) == "0 points"
    assert texts("fr").points(12_500) == "12\N{NARROW NO-BREAK SPACE}500 points"


@pytest.fixture(scope="module")
def built() -> list[Any]:
    """The commands as Discord is told of them."""

    async def build() -> list[Any]:
        bot = RiddleBot("MTAwMDAwMDAwMDAwMDAwMDAwMQ.x.y", "http://127.0.0.1:9/api/v10")
        builders: list[hikari.api.CommandBuilder] = await commands.build(bot.client)
        factory = bot.entity_factory
        return [builder.build(factory) for builder in builders]

    return asyncio.run(build())


def nodes(payloads: list[Any]) -> Iterator[dict[str, Any]]:
    """Every command, subcommand, option and choice."""
    for payload in payloads:
        yield payload
        yield from nodes([*payload.get("options", ()), *payload.get("choices", ())])


def test_names_and_descriptions_fit_discord_in_every_language(built: list[Any]) -> None:
    for node in nodes(built):
        names = [node["name"], *node.get("name_localizations", {}).values()]
        if "value" in node:
            assert all(1 <= len(name) <= 100 for name in names)
            continue
        descriptions = [node["description"], *node["description_localizations"].values()]
        assert all(NAME.match(name) and name == name.lower() for name in names), names
        assert all(1 <= len(text) <= 100 for text in descriptions), descriptions
        assert all(unicodedata.is_normalized("NFC", name) for name in names)


def test_every_command_speaks_french_and_both_kinds_of_english(built: list[Any]) -> None:
    for node in nodes(built):
        assert {"fr", "en-US", "en-GB"} <= set(node["name_localizations"])


def test_a_command_tree_stays_below_8000_characters(built: list[Any]) -> None:
    for command in built:
        longest = sum(
            max(map(len, [each["name"], *each["name_localizations"].values()]))
            + len(each.get("description", ""))
            for each in nodes([command])
        )

        assert longest < 8000


def test_host_commands_are_hidden_and_members_commands_are_not(built: list[Any]) -> None:
    hidden = {each["name"] for each in built if int(each.get("default_member_permissions") or 0)}

    assert hidden == {"animate", "ledger", "lots", "fulfil"}


def test_commands_are_for_servers_only(built: list[Any]) -> None:
    assert all(each["contexts"] == [0] for each in built)


def test_every_top_level_command_is_registered() -> None:
    assert all(isinstance(each, lightbulb.Group | type) for each in commands.ALL)
    assert len(commands.ALL) == len(set(commands.ALL)) == 13
