"""What the film shows is the run it claims, and no neighbour of it would look the same."""

from typing import Any, TypeAlias

import pytest

from tests.content.drawings import drawing

film = drawing("02-quatre-messages")
# The script is no package, so its types are known only when it runs.
Message: TypeAlias = Any
run = film.simulate()
words: list[Message] = run.messages
first_talk = words[:5]
renewals = [words[5:7], words[7:]]


def states(machine: str) -> list[str]:
    return [change.state for change in run.states(machine)]


def pool_at_the_end(helper: str) -> dict[int, str]:
    pool = dict.fromkeys(film.MACHINES[helper].pool, "free")
    return pool | {change.address: change.state for change in run.states(helper)}


def test_the_newcomer_goes_through_the_states_of_the_standard() -> None:
    renewed = ["RENEWING", "BOUND"] * film.RENEWALS

    assert states("newcomer") == ["INIT", "SELECTING", "REQUESTING", "BOUND", *renewed]


def test_four_kinds_of_words_lead_to_an_address_and_two_of_them_prolong_it() -> None:
    kinds = [word.kind for word in words]

    assert kinds[:5] == ["discover", "offer", "offer", "request", "ack"]
    assert kinds[5:] == ["request", "ack"] * film.RENEWALS


def test_the_newcomer_speaks_to_all_until_it_has_an_address_and_then_to_one() -> None:
    everybody_else = set(film.MACHINES) - {"newcomer"}
    bound = next(change.at for change in run.states("newcomer") if change.state == "BOUND")

    for word in words:
        if word.source == "newcomer" and word.sent < bound:
            assert set(word.hearers) == everybody_else
        else:
            assert len(word.hearers) == 1


def test_both_offers_arrive_before_the_first_of_them_is_chosen() -> None:
    _, *offers, choice, _ = first_talk

    assert len({offer.source for offer in offers}) == 2
    assert all(offer.arrival("newcomer") < choice.sent for offer in offers)
    first = min(offers, key=lambda offer: offer.arrival("newcomer"))
    assert (choice.chosen, choice.address) == (first.source, first.address)


def test_the_other_helper_takes_its_offer_back_when_it_hears_the_choice() -> None:
    choice = first_talk[3]
    held, free = run.states("right")

    assert (held.state, free.state) == ("held", "free")
    assert held.address == free.address
    assert free.at == choice.arrival("right")


def test_one_address_is_lent_in_the_end_and_it_is_the_one_the_newcomer_has() -> None:
    borrowed = [change.address for change in run.states("newcomer") if change.state == "BOUND"]

    assert set(pool_at_the_end("right").values()) == {"free"}
    assert [a for a, state in pool_at_the_end("left").items() if state == "lent"] == [borrowed[-1]]
    assert len(set(borrowed)) == 1


def test_a_renewal_is_asked_of_the_lender_alone_at_half_of_the_lease() -> None:
    asked_before = first_talk[3].sent
    for request, answer in renewals:
        assert request.sent == asked_before + film.LEASE_MS / 2
        assert (request.target, request.chosen) == ("left", None)
        assert (answer.source, answer.target) == ("left", "newcomer")
        asked_before = request.sent


@pytest.mark.parametrize("reel", [film.PLANE, film.CHART], ids=["plane", "chart"])
def test_every_word_is_under_way_in_slow_motion_and_the_hours_pass_between(reel: Any) -> None:
    for word in words:
        for hearer in word.hearers:
            if word.sent < reel.last:
                seconds = reel.film(word.arrival(hearer)) - reel.film(word.sent)
                assert seconds > 0.5 * (word.arrival(hearer) - word.sent)


@pytest.mark.parametrize("reel", [film.PLANE, film.CHART], ids=["plane", "chart"])
def test_a_second_of_film_shows_the_moment_that_lies_on_it(reel: Any) -> None:
    for word in words:
        if word.sent < reel.last:
            assert reel.moment(reel.film(word.sent)) == pytest.approx(word.sent)


def test_the_numbers_named_in_the_description_are_those_of_the_run() -> None:
    assert [word.address for word in first_talk] == [None, 23, 61, 23, 23]
    assert film.LEASE_MS == 60 * 60_000
