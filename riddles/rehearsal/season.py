"""A season by itself: plays the queue week by week with a few members, and checks what it sees.

It prints a readable log of what happened. Whatever a member or a host would call wrong is a
failure: a publication that is missing or doubled, a verdict that is not the key's, points that
do not add up.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from engine.calendar import Step
from engine.judging import entries_of
from engine.play import rounds
from engine.play.rounds import Round
from riddles.config import Server, Settings
from riddles.discord.views.rounds import video_name
from riddles.rehearsal.discord import MemberSpec, Message, Reply
from riddles.rehearsal.shopping import visit
from riddles.rehearsal.stage import Stage, opening_time, set_up

WRONG = "42 bananas"
PAUSE = timedelta(seconds=7)
"""Longer than the least time between two tries."""


@dataclass(slots=True)
class Report:
    """What happened, as it is printed, and what went wrong."""

    stage: Stage
    console: Console
    failures: list[str] = field(default_factory=list[str])
    expected: dict[str, int] = field(default_factory=dict[str, int])
    """Points that each member should have by now, by name."""

    def say(self, sentence: str) -> None:
        """A line of the log, with the rehearsal's time."""
        now = self.stage.clock.now().astimezone(self.stage.program.show.settings.timezone)
        self.console.print(f"[dim]{now:%a %d %b %H:%M}[/dim]  {sentence}", highlight=False)

    def check(self, what: str, *, holds: bool) -> None:
        """Note a failure where it does not hold."""
        if not holds:
            self.failures.append(what)
            self.say(f"[bold red]✗ {escape(what)}[/]")

    def earns(self, member: MemberSpec, points: int) -> None:
        """The member should have so many points more."""
        self.expected[member.name] = self.expected.get(member.name, 0) + points


async def play(
    settings: Settings,
    *,
    content: Path,
    database: Path,
    weeks: int | None,
    console: Console | None = None,
) -> list[str]:
    """Play so many weeks, or as long as the queue lasts; what went wrong comes back."""
    start = opening_time(settings)
    async with set_up(settings, content=content, database=database, start=start) as stage:
        return await play_on(stage, weeks=weeks, console=console or Console())


async def play_on(stage: Stage, *, weeks: int | None, console: Console) -> list[str]:
    """Play on a stage that is set up already."""
    report = Report(stage, console)
    played = 0
    while weeks is None or played < weeks:
        if await stage.program.weekly.upcoming() is None:
            break
        await _week(report)
        played += 1
        if report.failures:
            break
    report.check("no riddle was ready to go out: see `riddles check`", holds=played > 0)
    await _books(report)
    await visit(stage, stage.cast.members[0], report.say, report.check)
    for request in stage.standin.unexpected:
        report.check(f"Discord knows no {request.method} {request.path}", holds=False)
    if not report.failures:
        report.say(f"[bold green]✓ weeks played: {played}; every post there once, books true[/]")
    return report.failures


async def _week(report: Report) -> None:
    """One round, from publication to recap."""
    stage = report.stage
    if (round_ := await _newest(stage)) is None or round_.has(Step.RECAP):
        moved = await _move_on(report)
        round_ = await _newest(stage)
        if not moved or round_ is None or round_.has(Step.RECAP):
            report.check("the next riddle did not go out", holds=False)
            return
    report.console.rule(f"[bold]Week {round_.week} · {escape(round_.rules.title)}[/]")
    for server in stage.program.show.settings.server:
        _published(report, server, round_)
    await _members_play(report, round_)
    while not (round_ := await _again(stage, round_)).has(Step.RECAP):
        before = len(round_.taken)
        if not await _move_on(report) or len((await _again(stage, round_)).taken) == before:
            report.check(f"round {round_.id} came to a stop", holds=False)
            return
    await _late_answer(report, round_)
    for server in stage.program.show.settings.server:
        _told_in_full(report, server, round_)
    recap = _recap(report, stage.program.show.settings.server[0], round_) or ""
    names = [member.display_name or "" for member in stage.cast.members[:3]]
    report.check("the recap does not name those who solved", holds=all(n in recap for n in names))


async def _move_on(report: Report) -> bool:
    moment = await report.stage.program.weekly.next_moment()
    if moment is None:
        return False
    what, at = moment
    await report.stage.move_to(at)
    report.say(f"[cyan]{what}[/]")
    return True


def _published(report: Report, server: Server, round_: Round) -> None:
    """The publication is there once, with a video, an open button, and no answer in sight."""
    found = [message for message in _messages(report, server) if _opens(message, round_)]
    title = round_.rules.title
    report.check(
        f"riddle {round_.id} was published {len(found)} times in {server.guild}",
        holds=sum(file.filename == video_name(round_) for m in found for file in m.files) == 1,
    )
    for message in found:
        files = ", ".join(f"{file.filename} · {file.size / 1e6:.1f} MB" for file in message.files)
        report.say(f"📣 {escape(title)} · {files}")
        spelled = any(
            entry.casefold() in message.text.casefold()
            for entry in entries_of(round_.rules.answer)
            if len(entry) > len("TCP")
        )
        report.check(f"the publication of riddle {round_.id} names its answer", holds=not spelled)


async def _members_play(report: Report, round_: Round) -> None:
    """Five members, five ways to play; the host looks at the queue."""
    stage, server = report.stage, report.stage.program.show.settings.server[0]
    ada, grace, linus, hedy, radia = stage.cast.members
    right = entries_of(round_.rules.answer)
    value = round_.rules.value
    publication = next(m for m in _messages(report, server) if _opens(m, round_))

    form = await stage.standin.press(ada, publication, f"v1:open:{round_.id}")
    _verdict(report, ada, await stage.standin.submit(ada, form, {"answer": right[0]}), "✅")
    report.earns(ada, value)

    await _answer(report, grace, WRONG, "❌")
    stage.clock.jump(stage.clock.now() + PAUSE)
    last = right[-1]
    await _answer(report, grace, last, "✅")
    report.earns(grace, value)

    hints = await stage.standin.command(linus, server.channel, "hint")
    if hints.buttons:
        button = next(iter(hints.buttons))
        taken = await stage.standin.press(linus, hints, button)
        report.say(f"🔍 {linus.display_name} takes a hint early: {_first_line(taken)}")
    await _answer(report, linus, right[0], "✅")
    report.earns(linus, value - int(value * round_.rules.hint_cost) if hints.buttons else value)

    await _answer(report, hedy, WRONG, "❌")
    await _answer(report, radia, "", "✋")
    queue = await stage.standin.command(stage.cast.host, server.channel, "animate queue")
    report.say(f"🎛️ the host looks at the queue: {_first_line(queue)}")


async def _answer(report: Report, member: MemberSpec, text: str, mark: str) -> None:
    channel = report.stage.program.show.settings.server[0].channel
    reply = await report.stage.standin.command(member, channel, "answer", {"text": text or " "})
    _verdict(report, member, reply, mark)


def _verdict(report: Report, member: MemberSpec, reply: Reply, mark: str) -> None:
    report.say(f"💬 {member.display_name} hears: {escape(_first_line(reply))}")
    report.check(
        f"{member.display_name} should have heard {mark}, and heard: {_first_line(reply)}",
        holds=reply.text.startswith(mark) and reply.ephemeral,
    )


async def _late_answer(report: Report, round_: Round) -> None:
    """After the reveal an answer is practice: judged, and worth nothing."""
    hedy = report.stage.cast.members[3]
    await _answer(report, hedy, entries_of(round_.rules.answer)[0], "✅")


def _told_in_full(report: Report, server: Server, round_: Round) -> None:
    """Closing, hints, reveal and recap are there once, and the button is shut."""
    language = report.stage.program.show.settings.language_of(server)
    messages = _since_publication(report, server, round_)
    words = round_.rules.wording(language)
    shut = any(_opens(message, round_, disabled=True) for message in messages)
    report.check(f"riddle {round_.id} still looks open in {server.guild}", holds=shut)
    for n, _ in enumerate(round_.hints_at, 1):
        told = sum(words.hints[n - 1] in m.text for m in messages) if n <= len(words.hints) else 1
        report.check(f"hint {n} of riddle {round_.id} was told {told} times", holds=told == 1)
    told = sum(words.solution in message.text for message in messages)
    report.check(f"the solution of riddle {round_.id} was told {told} times", holds=told == 1)
    recap = _recap(report, server, round_)
    report.check(f"week {round_.week} has no recap", holds=recap is not None)


def _recap(report: Report, server: Server, round_: Round) -> str | None:
    messages = _since_publication(report, server, round_)
    return next((m.text for m in messages if f" {round_.week.number}" in _heading(m.text)), None)


async def _books(report: Report) -> None:
    """Everybody has what they earned, and all balances together are zero."""
    stage = report.stage
    async with stage.program.show.database.reading() as reader:
        total = await reader.value("SELECT sum(balance) FROM accounts")
        report.check(f"the balances sum to {total}", holds=total == 0)
        for member in stage.cast.members:
            row = await reader.one(
                """
                SELECT balance, points FROM members JOIN accounts ON accounts.id = members.account
                LEFT JOIN scores ON scores.account = members.account AND season = 0
                WHERE members.id = ?
                """,
                (member.id,),
            )
            have, score = (0, 0) if row is None else (row["balance"], row["points"] or 0)
            want = report.expected.get(member.name, 0)
            report.say(f"💰 {member.display_name}: {have} points")
            report.check(
                f"{member.display_name} has {have} points and a score of {score}, not {want}",
                holds=have == want == score,
            )


async def _newest(stage: Stage) -> Round | None:
    async with stage.program.show.database.reading() as reader:
        return await rounds.newest(reader)


async def _again(stage: Stage, round_: Round) -> Round:
    async with stage.program.show.database.reading() as reader:
        return await rounds.get(reader, round_.id)


def _messages(report: Report, server: Server) -> list[Message]:
    return report.stage.standin.messages(server.channel)


def _since_publication(report: Report, server: Server, round_: Round) -> list[Message]:
    """The messages of a round: riddles may say the same words in other weeks."""
    messages = _messages(report, server)
    first = next((n for n, m in enumerate(messages) if f"riddle-{round_.id}." in _files(m)), 0)
    return messages[first:]


def _files(message: Message) -> str:
    return " ".join(file.filename for file in message.files)


def _opens(message: Message, round_: Round, *, disabled: bool = False) -> bool:
    wanted: Callable[[dict[str, object]], bool] = lambda component: (  # noqa: E731 - used once
        component.get("custom_id") == f"v1:open:{round_.id}"
        and bool(component.get("disabled")) == disabled
    )
    return bool(message.files) and any(wanted(component) for component in message.components)


def _first_line(reply: Reply) -> str:
    return _heading(reply.text)


def _heading(text: str) -> str:
    return text.split("\n", 1)[0]
