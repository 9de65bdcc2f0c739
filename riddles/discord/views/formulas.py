"""How the points of a solve came about: a line for each part that is more than the value."""

from engine.scoring import Entitlement
from riddles.discord.locales import Texts


def formulas(t: Texts, earned: Entitlement) -> list[str]:
    """The formula of each part, with its numbers; nothing where there is nothing to explain."""
    return [*_base(t, earned), *_hints(t, earned), *_bonuses(t, earned)]


def _base(t: Texts, earned: Entitlement) -> list[str]:
    """Where the value was not the riddle's whole value."""
    value, base = t.number(earned.value), t.number(earned.base)
    if earned.policy == "time" and earned.base != earned.value:
        return [t("worth {base} of {value} at your moment", base=base, value=value)]
    if earned.solvers is not None:
        return [
            t.n(
                "worth {base} of {value}: {count} member solved it",
                "worth {base} of {value}: {count} members solved it",
                earned.solvers,
                base=base,
                value=value,
            )
        ]
    return []


def _hints(t: Texts, earned: Entitlement) -> list[str]:
    if not earned.hints:
        return []
    facts = {
        "value": t.number(earned.base),
        "price": t.number(earned.hint_cost),
        "points": t.number(earned.award),
    }
    if earned.base - earned.hints * earned.hint_cost != earned.award:
        return [
            t.n(
                "{value} − {count} early hint × {price}, and never less than {points}",
                "{value} − {count} early hints × {price}, and never less than {points}",
                earned.hints,
                **facts,
            )
        ]
    return [
        t.n(
            "{value} − {count} early hint × {price} = {points}",
            "{value} − {count} early hints × {price} = {points}",
            earned.hints,
            **facts,
        )
    ]


def _bonuses(t: Texts, earned: Entitlement) -> list[str]:
    lines: list[str] = []
    if earned.podium and earned.place:
        lines.append(
            t(
                "place {place}: +{points}",
                place=t.number(earned.place),
                points=t.number(earned.podium),
            )
        )
    if earned.streak:
        lines.append(
            t.n(
                "{count} riddle in a row: +{points}",
                "{count} riddles in a row: +{points}",
                earned.run,
                points=t.number(earned.streak),
            )
        )
    return lines
