"""`scheduler.toml`: what it may say, what it says by itself, and what is said of what is wrong."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from engine.calendar import DateRange, Week, WeeklyTime
from riddles.config import Settings, load_settings
from riddles.problems import Invalid
from riddles.toml import json_schema, read_document

ROOT = Path(__file__).parents[2]
SERVER = "[[server]]\nguild = 1\nchannel = 2\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "scheduler.toml"


def load(file: Path, text: str) -> Settings:
    file.write_text(text, "utf-8")
    return load_settings(file)


def problems(file: Path, text: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        load(file, text)
    return [f"{problem.line}: {problem.message}" for problem in refused.value.problems]


def test_a_server_and_its_channel_are_enough(file: Path) -> None:
    settings = load(file, SERVER)

    assert settings.timezone.key == "Europe/Paris"
    assert settings.languages == {"fr"}
    assert settings.week.catch_up == timedelta(hours=36)
    assert settings.server[0].upload_limit is None
    assert settings.season.months == 3
    assert settings.staff.approve_above == 200
    assert settings.staff.approve_within == timedelta(days=3)


def test_the_settings_become_the_rhythm_of_the_calendar(file: Path) -> None:
    text = """
        timezone = "America/Montreal"
        [week]
        publish = "tue 09:30"
        hints = ["thu 12:00"]
        remind = "fri 12:00"
        close = "sat 08:00"
        reveal = "sat 09:00"
        recap = "sat 10:00"
        skip = ["2026-12-24", "2026-12-28..2027-01-03"]
        catch_up = "2d"
    """

    rhythm = load(file, text + SERVER).rhythm

    plan = rhythm.plan(Week(2026, 30))
    assert plan.publishes_at == datetime(2026, 7, 21, 13, 30, tzinfo=UTC)
    assert plan.recaps_at == datetime(2026, 7, 25, 14, tzinfo=UTC)
    assert rhythm.hints == (WeeklyTime.parse("thu 12:00"),)
    assert rhythm.skip[1] == DateRange.parse("2026-12-28..2027-01-03")
    assert rhythm.catch_up == timedelta(days=2)


def test_a_server_may_speak_another_language(file: Path) -> None:
    settings = load(file, SERVER + '[[server]]\nguild = 3\nchannel = 4\nlanguage = "en"\n')

    assert settings.languages == {"fr", "en"}
    assert settings.language_of(settings.server[0]) == "fr"


def test_every_mistake_is_told_at_once_with_its_line_and_remedy(file: Path) -> None:
    text = """\
langage = "en"
language = "de"
timezone = "Europe/Pariss"
[week]
publish = "monday 18:00"
hints = ["wed 18:00", 5]
skip = ["2027-01-03..2026-12-21"]
catch_up = "1 week"
[[server]]
guild = "12"
channel = -4
discussion = "tread"
upload_limit = "10 megs"
animator_roles = 7
[[server]]
guild = 5
[season]
months = 5
[scoring]
policy = "fixd"
[submissions]
pause_seconds = 2.5
"""

    assert problems(file, text) == [
        '1: unknown key "langage": did you mean "language"?',
        '2: language must be "fr" or "en", not the text "de"',
        '3: timezone: "Europe/Pariss" is not a time zone: did you mean "Europe/Paris"?',
        f"5: week.publish: {_weekly('monday 18:00')}",
        "6: entry 2 of week.hints must be text in quotes, not the number 5: put it in quotes",
        '7: entry 1 of week.skip: "2027-01-03..2026-12-21" ends before it begins',
        '8: week.catch_up: "1 week" is not a length of time; write it like "36h", "2d" or "90min"',
        (
            '10: guild in entry 1 of server must be a whole number, not the text "12": '
            "remove the quotes"
        ),
        "11: channel in entry 1 of server must be at least 1, not the number -4",
        (
            '12: discussion in entry 1 of server must be "thread" or "none", not the text "tread": '
            'did you mean "thread"?'
        ),
        '13: upload_limit in entry 1 of server: "10 megs" is not a size; write it like "10 MiB"',
        (
            "14: animator_roles in entry 1 of server must be a list in square brackets, "
            "not the number 7: put square brackets around it"
        ),
        (
            '15: "channel" is missing in entry 2 of server: '
            "Text, announcement or forum channel of the riddles."
        ),
        "18: season.months must be 1, 2, 3, 4, 6 or 12, not the number 5",
        (
            '20: scoring.policy must be "fixed", "time" or "solves", not the text "fixd": '
            'did you mean "fixed"?'
        ),
        "22: submissions.pause_seconds must be a whole number, not the number 2.5",
    ]


@pytest.mark.parametrize(
    ("scoring", "says"),
    [
        ("minimum = 5", '5: scoring.minimum: this belongs to "time" and "solves", and policy is'),
        ('policy = "time"', '5: scoring.policy: "time" needs minimum as well'),
        ('policy = "time"\nminimum = 5\ngrace = "10x"', '7: scoring.grace: "10x" is not a length'),
        ("podium = [10, 20]", "5: scoring.podium: a place cannot earn more than the place before"),
        ("streak = { bonus = 10 }", '5: "cap" is missing in scoring.streak: The most that'),
    ],
)
def test_a_scoring_that_makes_no_sense_is_told_by_the_line(
    file: Path, scoring: str, says: str
) -> None:
    (problem,) = problems(file, f"[[server]]\nguild = 1\nchannel = 2\n[scoring]\n{scoring}\n")

    assert problem.startswith(says)


def test_a_length_of_time_in_the_scoring_is_written_like_any_other(file: Path) -> None:
    scoring = load(
        file, SERVER + '[scoring]\npolicy = "time"\nminimum = 50\ngrace = "90min"\n'
    ).scoring

    assert scoring.grace == 5400


def _weekly(text: str) -> str:
    """The calendar's own sentence, which is tested there."""
    with pytest.raises(ValueError, match="mon") as refused:
        WeeklyTime.parse(text)
    return str(refused.value)


def test_a_recap_that_would_run_into_the_next_week_is_refused(file: Path) -> None:
    said = problems(file, SERVER + '[week]\npublish = "mon 18:00"\nclose = "mon 17:00"\n')

    assert len(said) == 1
    assert said[0].startswith("4: week.recap: the recap")


@pytest.mark.parametrize(
    ("week", "says"),
    [
        ('hints = ["mon 17:00"]', '5: entry 1 of week.hints: "mon 17:00" comes after the next'),
        ('hints = ["fri 18:00",\n"wed 18:00"]', '6: entry 2 of week.hints: "wed 18:00" comes'),
        ('remind = "mon 17:30"', '5: week.remind: "mon 17:30" comes after the next'),
    ],
)
def test_a_moment_that_is_out_of_order_is_named_itself(file: Path, week: str, says: str) -> None:
    (said,) = problems(file, f"{SERVER}[week]\n{week}\n")

    assert said.startswith(says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[week]\ncatch_up = "999999999d"', '"999999999d" is too long: its number has four'),
        ("[season]\nmonths = 13", "must be 1, 2, 3, 4, 6 or 12, not the number 13"),
    ],
)
def test_a_number_that_is_too_large_is_said_to_be(file: Path, text: str, says: str) -> None:
    (said,) = problems(file, f"{SERVER}{text}\n")

    assert says in said
    assert "did you mean" not in said


def test_two_servers_are_two_servers(file: Path) -> None:
    assert problems(file, SERVER + SERVER) == [
        "5: guild in entry 2 of server: another [[server]] above has the same guild"
    ]


def test_what_is_for_the_staff_is_not_told_in_public(file: Path) -> None:
    other = "[[server]]\nguild = 5\nchannel = 6\nstaff_channel = {staff}\n"
    says = "staff_channel in entry {n} of server: riddles go out in this channel, and everybody"

    (own,) = problems(file, SERVER + "staff_channel = 2\n")
    (anothers,) = problems(file, SERVER + other.format(staff=2))
    assert load(file, SERVER + other.format(staff=7)).server[1].staff_channel == 7
    assert own.startswith(f"4: {says.format(n=1)}")
    assert anothers.startswith(f"7: {says.format(n=2)}")


def test_a_circle_stands_once(file: Path) -> None:
    circle = '[[circle]]\nid = "web"\nname = "Web"\nrole = 9\n'

    assert problems(file, SERVER + circle + circle) == [
        "9: id in entry 2 of circle: another [[circle]] above has the same id"
    ]


def test_a_community_without_a_server_is_refused(file: Path) -> None:
    assert problems(file, 'language = "fr"\n') == [
        '1: "server" is missing: The community\'s Discord servers, one [[server]] each.'
    ]


@pytest.mark.parametrize("name", ["", "Europe", "../etc/passwd", "/etc/localtime", "Mars/Olympus"])
def test_what_is_no_time_zone_is_refused_in_words(file: Path, name: str) -> None:
    [said] = problems(file, f'timezone = "{name}"\n{SERVER}')

    assert said.startswith(f'1: timezone: "{name}" is not a time zone')


@pytest.mark.parametrize("zone", ['timezone = "Europe/Paris"\n', ""])
def test_a_machine_without_time_zones_is_told_how_to_get_them(file: Path, zone: str) -> None:
    file.write_text(zone + SERVER, "utf-8")
    program = """
import sys
sys.modules["tzdata"] = None  # As on a machine where it is not installed.
from pathlib import Path
from riddles.config import load_settings
try:
    load_settings(Path(sys.argv[1]))
except Exception as refused:
    print(refused)
"""

    said = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", program, file],
        env={"PYTHONTZPATH": "/nowhere"},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert f"{file}:1: " in said
    assert "this machine has no time zone data; install it with: pip install tzdata" in said


def test_settings_never_change(file: Path) -> None:
    settings = load(file, SERVER)

    with pytest.raises(ValueError, match="frozen"):
        settings.language = "en"  # pyright: ignore[reportAttributeAccessIssue] - that is the point


def test_the_settings_that_come_with_the_program_are_right() -> None:
    settings = load_settings(ROOT / "scheduler.toml")

    assert settings.language == "fr"
    assert len(settings.server) == 1


def test_the_schema_for_editors_knows_what_the_program_knows() -> None:
    schema = json.loads(json.dumps(json_schema(Settings)))
    jsonschema.Draft202012Validator.check_schema(schema)
    starter = read_document(ROOT / "scheduler.toml").table

    jsonschema.validate(starter, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**starter, "langage": "fr"}, schema)
    assert "null" not in json.dumps(schema)
