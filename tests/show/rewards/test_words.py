"""Every reason why somebody cannot have a reward, in French and in English: golden."""

import pytest

from engine.shop.shortfalls import Asked, Lack, Why
from riddles.discord.locales import texts
from riddles.discord.views.shortfalls import lacking

AT = 1_800_000_000_000
NEEDS = (
    Asked("role", 9, 0),
    Asked("score", 500, 40),
    Asked("season_score", 1, 0),
    Asked("streak", 1, 0),
    Asked("streak", 3, 2),
    Asked("solved", 1, 0),
    Asked("solved", 10, 4),
)
GOLDEN = [
    (
        Lack(why=Why.BANNED),
        "La boutique t’est fermée. L’équipe peut te dire pourquoi.",
        "The shop is closed to you. The staff can tell you why.",
    ),
    (
        Lack(why=Why.PAUSED),
        "Ce n’est pas distribué pour le moment.",
        "It is not handed out for the time being.",
    ),
    (
        Lack(why=Why.EARLY, at=AT),
        "Disponible à partir du <t:1800000000:f> (<t:1800000000:R>).",
        "It can be had from <t:1800000000:f> on (<t:1800000000:R>).",
    ),
    (
        Lack(why=Why.EXPIRED, at=AT),
        "Ce n’est plus disponible depuis le <t:1800000000:f>.",
        "It could be had until <t:1800000000:f>.",
    ),
    (
        Lack(why=Why.DRAW),
        "Ce sont des tickets pour un tirage : prends-les avec `/tirage participer`.",
        "These are tickets for a draw: take them with `/draw enter`.",
    ),
    (
        Lack(why=Why.PRICE, have=90, need=1200),
        "Le prix a changé : ça coûte maintenant 1 200 points.",
        "Its price has changed: it costs 1,200 points now.",
    ),
    (Lack(why=Why.SOLD_OUT), "C’est épuisé.", "It is sold out."),
    (
        Lack(why=Why.SOLD_OUT, at=AT),
        "C’est épuisé. Il y en aura de nouveau à partir du <t:1800000000:f> (<t:1800000000:R>).",
        "It is sold out. There will be more from <t:1800000000:f> on (<t:1800000000:R>).",
    ),
    (Lack(why=Why.OWNED), "Tu as déjà ce rôle.", "You have this role already."),
    (
        Lack(why=Why.LIMIT_EVER, have=1, need=1),
        "Tu as déjà eu le tien : 1 par membre.",
        "You have had it: 1 for each member.",
    ),
    (
        Lack(why=Why.CHANGED),
        (
            "Cette récompense a changé depuis que tu l’as regardée : "
            "choisis-la de nouveau pour la revoir."
        ),
        "It has changed since you looked: choose it again to see what it is now.",
    ),
    (
        Lack(why=Why.LIMIT_EVER, have=3, need=3),
        "Tu as déjà eu les tiens : 3 par membre.",
        "You have had yours: 3 for each member.",
    ),
    (
        Lack(why=Why.LIMIT_SEASON, have=1, need=1),
        "Tu as déjà eu le tien : 1 par membre et par saison.",
        "You have had it: 1 for each member and season.",
    ),
    (
        Lack(why=Why.LIMIT_SEASON, have=2, need=2, at=AT),
        (
            "Tu as déjà eu les tiens : 2 par membre et par saison. "
            "La prochaine saison commence le <t:1800000000:f> (<t:1800000000:R>)."
        ),
        (
            "You have had yours: 2 for each member and season. "
            "The next season begins <t:1800000000:f> (<t:1800000000:R>)."
        ),
    ),
    (
        Lack(why=Why.COOLDOWN, at=AT),
        "Tu pourras avoir le prochain à partir du <t:1800000000:f> (<t:1800000000:R>).",
        "You can have the next one from <t:1800000000:f> on (<t:1800000000:R>).",
    ),
    (Lack(why=Why.EVERY, asked=NEEDS[:1]), "Il te faut le rôle <@&9>.", "You need the role <@&9>."),
    (
        Lack(why=Why.EVERY, asked=NEEDS[3:4]),
        "Il te faut 1 énigme résolue d’affilée (toi : 0).",
        "You need 1 riddle solved in a row (you: 0).",
    ),
    (
        Lack(why=Why.EVERY, asked=NEEDS[5:6]),
        "Il te faut 1 énigme résolue (toi : 0).",
        "You need 1 solved riddle (you: 0).",
    ),
    (
        Lack(why=Why.AT_LEAST_ONE, asked=(*NEEDS[1:3], NEEDS[4], NEEDS[6])),
        (
            "Il te faut au moins l’un de ceux-ci : un score de 500 points (le tien : 40), "
            "un score de 1 point cette saison (le tien : 0), "
            "3 énigmes résolues d’affilée (toi : 2), 10 énigmes résolues (toi : 4)."
        ),
        (
            "You need one of these: a score of 500 points (yours: 40), "
            "a score of 1 point this season (yours: 0), "
            "3 riddles solved in a row (you: 2), 10 solved riddles (you: 4)."
        ),
    ),
    (
        Lack(why=Why.NONE, asked=NEEDS[:1]),
        "Ce n’est pas pour qui a le rôle <@&9>.",
        "It is not for who has the role <@&9>.",
    ),
    (
        Lack(why=Why.POINTS, have=40, need=1500),
        "Ça coûte 1 500 points et tu en as 40 : il t’en manque 1 460.",
        "It costs 1,500 points and you have 40: 1,460 to go.",
    ),
]


@pytest.mark.parametrize(("lack", "french", "english"), GOLDEN, ids=lambda one: str(one)[:24])
def test_a_reason_names_what_is_missing(lack: Lack, french: str, english: str) -> None:
    said = lacking(texts("fr"), lack).replace("\u202f", " ").replace("\u00a0", " ")

    assert said == french
    assert lacking(texts("en"), lack) == english


def test_every_kind_of_reason_is_here() -> None:
    assert {lack.why for lack, *_ in GOLDEN} == set(Why)
