"""The environment holds the secrets; nothing the program says repeats them."""

import base64

import pytest

from riddles.config import Environment, read_environment
from riddles.refusal import Refusal

SECRET = bytes(range(32))


def test_discord_is_where_discord_is_unless_the_environment_says_otherwise() -> None:
    assert read_environment({}).api_url == "https://discord.com/api/v10"
    assert read_environment({"DISCORD_API_URL": ""}).api_url == "https://discord.com/api/v10"
    elsewhere = read_environment({"DISCORD_API_URL": "http://127.0.0.1:8080/api/v10/"})
    assert elsewhere.api_url == "http://127.0.0.1:8080/api/v10"


@pytest.mark.parametrize("url", ["discord.com", "ftp://discord.com", "http://", "http://[x", "h t"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Refusal, match="DISCORD_API_URL is not a web address"):
        read_environment({"DISCORD_API_URL": url})


def test_the_token_is_missed_only_where_it_is_needed() -> None:
    environment = read_environment({})

    with pytest.raises(Refusal, match="DISCORD_TOKEN is not set"):
        environment.require_token()
    assert read_environment({"DISCORD_TOKEN": " abc.def\n"}).require_token() == "abc.def"


def test_a_token_with_words_around_it_is_refused_without_repeating_it() -> None:
    with pytest.raises(Refusal, match="DISCORD_TOKEN holds spaces") as refused:
        read_environment({"DISCORD_TOKEN": "Bot abc.def"})

    assert "abc" not in str(refused.value)


def test_the_secret_is_32_bytes_of_base64() -> None:
    good = read_environment({"RIDDLES_SECRET": base64.b64encode(SECRET).decode()})

    assert good.require_secret() == SECRET
    with pytest.raises(Refusal, match="RIDDLES_SECRET is not set"):
        read_environment({}).require_secret()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not base64!", "is not base64"),
        (f"!{base64.b64encode(SECRET).decode()}", "is not base64"),
        (base64.b64encode(b"short").decode(), "holds 5 bytes"),
    ],
)
def test_a_malformed_secret_is_refused_without_repeating_it(text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        read_environment({"RIDDLES_SECRET": text})

    assert text not in str(refused.value)


def test_printing_the_environment_shows_no_secret() -> None:
    environment = Environment(token="abc.def", secret=SECRET)

    assert "abc" not in repr(environment)
    assert repr(SECRET) not in repr(environment)
