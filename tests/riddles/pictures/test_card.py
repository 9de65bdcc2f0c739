"""A card can be drawn of any names, small enough for every server, and nothing runs out of it."""

from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from riddles.pictures import Card, Entry, draw_card
from riddles.pictures.card import MARGIN, WIDTH, title_size
from riddles.pictures.lettering import NOTHING, drawable, fitted

ODD_NAMES = [
    "",
    "   ",
    "🦊🦊🦊",
    "田中さん",
    "محمد الخوارزمي",
    "שלום Radia",
    "Ada محمد Ada",
    "Z̷̢̧̛͔̲̮͚̞͌̐̆̓̈́͘a̸͓̞̿͂l̶g̵o",
    "\u202eReversed",
    "𝓛𝓲𝓷𝓾𝓼",
    "W" * 300,
    "\x00\x07\uffff",
    "👩‍👩‍👧‍👦 Familie",
    "ﷺ",
    "नमस्ते",
]


def a_card(*names: str, points: int = 100) -> Card:
    entries = [Entry(n, name, points, f"{points} points", n % 3) for n, name in enumerate(names, 1)]
    return Card("Season October–December 2026", "Week 48 · Qui trie ici ?", entries)


def picture(card: Card) -> Image.Image:
    return Image.open(BytesIO(draw_card(card))).convert("RGB")


def test_a_card_has_a_line_for_each_of_ten_at_most() -> None:
    heights = [picture(a_card(*["Ada"] * count)).height for count in (1, 2, 10, 11)]

    assert heights[1] - heights[0] == 100
    assert heights[3] == heights[2] == heights[0] + 900


def test_a_card_is_small_enough_for_every_server() -> None:
    assert len(draw_card(a_card(*["Wilhelmina Wimmer-Wunderlich"] * 10))) < 200_000


@pytest.mark.parametrize(
    "title",
    [
        "Season 2026",
        "Saison octobre–décembre 2026",
        "Season September–December 2026",
        "Saison novembre 2026 – janvier 2027",
    ],
)
def test_a_season_has_room_for_its_whole_name(title: str) -> None:
    room = WIDTH - 2 * MARGIN
    drawn = fitted(title, title_size(title, room), 800, room)

    assert "".join(run.text for run in drawn) == title


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_breaks_nothing_and_stays_within_its_line(name: str) -> None:
    drawn = picture(a_card(name, "Ada"))
    background = drawn.getpixel((WIDTH - 10, 10))
    margin = drawn.crop((WIDTH - MARGIN + 2, 0, WIDTH, drawn.height))

    assert margin.getcolors() == [(margin.width * margin.height, background)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=40), max_size=3), st.integers(0, 10**9))
def test_a_card_can_be_drawn_whatever_they_call_themselves(names: list[str], points: int) -> None:
    assert picture(a_card(*names, points=points)).width == WIDTH


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ada 🦊", "Ada"),
        ("🦊", NOTHING),
        ("𝓛𝓲𝓷𝓾𝓼", "Linus"),
        ("Z̷̢̧̛͔̲̮͚̞͌̐̆̓̈́͘a̸͓̞̿͂l̶g̵o", "Zalgo"),
        ("Žofie É", "Žofie É"),
        ("\u202eabc", "abc"),
        ("a\nb", "ab"),
    ],
)
def test_what_cannot_be_drawn_is_left_out(name: str, shown: str) -> None:
    assert drawable(name) == shown


def test_arabic_reads_from_the_right_and_latin_from_the_left() -> None:
    latin_first = [run.text for run in fitted("Ada محمد", 40) if run.text.strip()]
    arabic_first = [run.text for run in fitted("محمد Ada", 40) if run.text.strip()]

    assert latin_first == ["Ada", "محمد"]
    assert arabic_first == ["Ada", "محمد"]


def test_a_long_name_ends_in_an_ellipsis_within_its_room() -> None:
    runs = fitted("W" * 100, 48, room=300)

    assert runs[-1].text.endswith("…")
    assert 200 < sum(run.width for run in runs) <= 300


def test_a_sign_goes_where_its_letter_goes() -> None:
    without_letters = "\u0e31\U000e0100\u0e31"

    assert drawable(f"{without_letters}Bob") == "Bob"
    assert "\u0e31" not in drawable("\U0001f98a\u0e31 Bob")


def test_a_space_stands_between_two_scripts_whichever_way_they_read() -> None:
    runs = fitted("Bob محمد 42", 40)

    assert [run.text for run in runs] == ["Bob", " ", "محمد", " ", "42"]
