"""What a member sees of their points: the rows of the ledger, and how each award came about."""

from collections.abc import Sequence

import hikari
from hikari import impl

from engine.books.ledger import Kind
from engine.books.statements import Entry
from engine.play.explaining import Explanation, Row
from engine.scoring import Entitlement
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when

LONGEST_TITLE = 40
LONGEST_REASON = 100
ON_CREDIT = ":owed"
"""How the key of a row ends that took what was not there any more."""
DIGITS = 12
"""Of a digest: enough to find the row."""


def history(
    t: Texts, heading: str, entries: Sequence[Entry], *, older: str | None, newer: str | None
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """A page of a member's rows, newest first; `older` and `newer` are buttons' ids."""
    if not entries:
        return f"{heading}\n{t('No points have moved yet.')}", []
    lines = [heading, *(_line(t, entry) for entry in entries)]
    row = impl.MessageActionRowBuilder()
    for label, custom_id in ((t("Newer"), newer), (t("Older"), older)):
        if custom_id is not None:
            row.add_interactive_button(hikari.ButtonStyle.SECONDARY, custom_id, label=label)
    return "\n".join(lines), [row] if row.components else []


def _line(t: Texts, entry: Entry) -> str:
    number = f"`#{entry.transfer}`"
    what = _what(t, entry)
    if entry.corrects is not None:
        what += " " + t("(corrects no. {number})", number=entry.corrects)
    if entry.reason:
        what += f" · {escape(_short(t.plain(entry.reason), LONGEST_REASON))}"
    moved = f"**{signed(t, entry.points)}** → {t.number(entry.balance)}"
    return f"{number} {when(entry.booked_at, 'd')} {moved} · {what}"


def _what(t: Texts, entry: Entry) -> str:
    if entry.repays:
        return t("repays what was owed")
    if entry.origin is not None:
        return t("brought along from {origin}", origin=escape(entry.origin))
    what = kind_name(t, entry.kind, entry.key)
    if entry.key.endswith(ON_CREDIT):
        what = t("{what}, on credit", what=what)
    if entry.round is None:
        return what
    title = escape(_short(entry.title or "", LONGEST_TITLE))
    return t("{what}, riddle no. {number}: {title}", what=what, number=entry.round, title=title)


def kind_name(t: Texts, kind: Kind, key: str) -> str:
    """What a row is called."""
    match kind, key.split(":", maxsplit=1)[0]:
        case Kind.AWARD, "decay":
            return t("settled at the closing")
        case Kind.BONUS, "podium":
            return t("place")
        case Kind.BONUS, "streak":
            return t("riddles in a row")
        case _:
            return _kind(t, kind)


def _kind(t: Texts, kind: Kind) -> str:
    return {
        Kind.AWARD: t("solved"),
        Kind.BONUS: t("bonus"),
        Kind.ADJUSTMENT: t("adjustment"),
        Kind.REVERSAL: t("reversal"),
        Kind.HOLD: t("held"),
        Kind.RELEASE: t("released"),
        Kind.REDEMPTION: t("spent"),
        Kind.REFUND: t("given back"),
        Kind.MERGE: t("accounts joined"),
        Kind.OPENING: t("opening balance"),
        Kind.ERASURE: t("erased"),
    }[kind]


def signed(t: Texts, points: int) -> str:
    """A change with its sign."""
    return f"{'−' if points < 0 else '+'}{t.number(abs(points))}"


def explanation(t: Texts, found: Explanation) -> str:
    """An award opened into its formula, its inputs and its rows."""
    title = escape(_short(found.round.rules.title, LONGEST_TITLE))
    lines = [
        t(
            "🧮 **Riddle no. {number}: {title}** earned you **{points}**.",
            number=found.round.id,
            title=title,
            points=t.points(found.total),
        )
    ]
    if found.round.voided_at is not None:
        lines.append(t("This riddle is void: it counts for nobody."))
    if found.solved_at is not None:
        lines.append(_solved(t, found))
    lines += [f"- {signed(t, points)} · {why}" for points, why in parts(t, found)]
    if found.rows:
        lines += [t("**In the ledger**"), *(_row(t, row) for row in found.rows)]
    if found.worth is not None:
        lines.append(_policy(t, found.worth))
    return "\n".join(lines)


def parts(t: Texts, found: Explanation) -> list[tuple[int, str]]:
    """What adds up to the points of a round, and why each part of it is there."""
    made: list[tuple[int, str]] = []
    if (worth := found.worth) is not None:
        made.append((worth.award, _award(t, worth)))
        if worth.podium:
            made.append((worth.podium, t("place {place}", place=worth.place)))
        if worth.streak:
            made.append((worth.streak, t("{run} riddles in a row", run=worth.run)))
    if found.kept:
        made.append((found.kept, t("paid by an earlier count, and yours to keep")))
    if found.by_hand:
        made.append((found.by_hand, t("corrected by the staff")))
    return made


def _solved(t: Texts, found: Explanation) -> str:
    moment = when(found.solved_at or 0, "F")
    milliseconds = f"{(found.solved_at or 0) % 1000:03}"
    if found.worth is None and found.round.voided_at is None:
        return t("You solved it {moment}, and are not ranked on it.", moment=moment)
    return t("You solved it {moment} (and {ms} ms).", moment=moment, ms=milliseconds)


def _award(t: Texts, worth: Entitlement) -> str:
    """The formula of an award, with its numbers."""
    base = _base(t, worth)
    if not worth.hints:
        return base
    taken = t.n(
        "less {count} early hint at {price}",
        "less {count} early hints at {price}",
        worth.hints,
        price=t.number(worth.hint_cost),
    )
    least = worth.base - worth.hints * worth.hint_cost < worth.award
    return ", ".join([base, taken, *([t("but at least a point")] if least else [])])


def _base(t: Texts, worth: Entitlement) -> str:
    value, base = t.number(worth.value), t.number(worth.base)
    match worth.policy:
        case "time":
            return t("{base} of {value}, by the time that had passed", base=base, value=value)
        case "solves" if worth.solvers is None:
            return t(
                "{base} of {value} for sure; the rest when it is closed", base=base, value=value
            )
        case "solves":
            return t.n(
                "{base} of {value}, with {count} member who solved it",
                "{base} of {value}, with {count} members who solved it",
                worth.solvers or 0,
                base=base,
                value=value,
            )
        case _:
            return t("the riddle's value, {value}", value=value)


def _row(t: Texts, row: Row) -> str:
    what = kind_name(t, row.kind, row.key)
    if row.owed:
        what = t("{what}, on credit", what=what)
    if row.corrects is not None:
        what += " " + t("(corrects no. {number})", number=row.corrects)
    if row.reason:
        what += f" · {escape(_short(t.plain(row.reason), LONGEST_REASON))}"
    digest = row.digest.hex()[:DIGITS]
    moment = when(row.booked_at, "d")
    return f"`#{row.transfer}` {moment} **{signed(t, row.points)}** {what} · `{digest}…`"


def _policy(t: Texts, worth: Entitlement) -> str:
    return t(
        "-# Scoring “{policy}”, version {version}. Each row's digest holds all rows before it.",
        policy=worth.policy,
        version=worth.version,
    )


def _short(text: str, longest: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
