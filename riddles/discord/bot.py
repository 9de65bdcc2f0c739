"""The bot: hikari's client with our commands, our buttons, and no cache, no surprise.

It needs no privileged intent: members, roles and languages come with each interaction.
"""

import asyncio
import logging
from typing import Any

import hikari
import lightbulb
from hikari import impl

from riddles.discord import commands, components, preflight, shop_roles
from riddles.discord.localization import localize
from riddles.discord.roll_call import RollCall
from riddles.discord.serving import Counter, serve
from riddles.drawing.loop import Drawing
from riddles.refusal import Refusal
from riddles.show import Show
from riddles.week.weekly import Weekly

log = logging.getLogger(__name__)

REQUEST_S = 300.0
"""Longest request, uploads included."""
PATIENCE_S = 120.0
CONNECTION = "keep alive (shard"
"""How the library names the task behind each connection."""
FOR_GOOD = frozenset({4004, 4010, 4011, 4012, 4013, 4014})
"""Closings after which Discord asks not to come back: the token or the intents are refused."""


class RiddleBot(hikari.GatewayBot):
    """A gateway bot that carries the services its commands need."""

    show: Show
    weekly: Weekly
    drawing: Drawing
    counter: Counter
    roll_call: RollCall

    def __init__(self, token: str, api_url: str, *, request_s: float = REQUEST_S) -> None:
        self._token, self._api_url = token, api_url
        super().__init__(
            token,
            rest_url=api_url,
            banner=None,
            logs=None,
            intents=hikari.Intents.NONE,
            cache_settings=impl.CacheSettings(components=hikari.api.CacheComponents.NONE),
            http_settings=impl.HTTPSettings(
                timeouts=impl.HTTPTimeoutSettings(total=request_s),
                # A new connection for each reply would cost a handshake with Discord each time.
                force_close_transports=False,
            ),
            suppress_optimization_warning=True,
            # A POST that is repeated unseen may take effect twice; callers retry, knowingly.
            max_retries=0,
        )
        self.counter = Counter()
        self.client = lightbulb.client_from_app(
            self,
            default_locale=hikari.Locale.EN_US,
            localization_provider=localize,
            sync_commands=False,
        )
        commands.register(self.client)
        self.failure: Refusal | None = None
        """Why the bot could not start: an exception in a listener would only be logged."""
        self.is_unwelcome = False
        """Whether Discord will not have us: there is no use in trying again."""
        self._commands_listen = False
        self.patience_s = PATIENCE_S
        """How long a connection may take until its first greeting."""
        self.subscribe(hikari.StartingEvent, self._starting)
        self.subscribe(hikari.ComponentInteractionCreateEvent, self._pressed)
        self.subscribe(hikari.ModalInteractionCreateEvent, self._filled_in)

    def open_line(self) -> impl.RESTClientImpl:
        """A connection to Discord's REST interface that shares no limits with the bot's own."""
        return impl.RESTClientImpl(
            cache=None,
            entity_factory=self.entity_factory,
            executor=self.executor,
            http_settings=self.http_settings,
            max_retries=0,
            proxy_settings=self.proxy_settings,
            token=self._token,
            token_type=hikari.TokenType.BOT,
            rest_url=self._api_url,
        )

    async def open(self, show: Show, weekly: Weekly, drawing: Drawing) -> None:
        """Connect, with the commands registered.

        Raises:
            Refusal: the token is refused, Discord cannot be reached, or it refuses the commands.
        """
        self.show, self.weekly, self.drawing = show, weekly, drawing
        self.roll_call = RollCall(show, self.rest)
        drawing.ask_with(self.roll_call.about)
        await self._connect()

    async def reopen(self) -> None:
        """Close what is left of the connection, and open it anew.

        Raises:
            Refusal: as for `open`.
        """
        await self._give_up()
        await self._connect()

    async def _connect(self) -> None:
        self.failure = None
        try:
            async with asyncio.timeout(self.patience_s):
                await self.start(check_for_updates=False)
        except TimeoutError:
            self.failure = Refusal(GATEWAY_IS_SILENT)
        except hikari.UnauthorizedError:
            self._turn_away()
        except hikari.GatewayServerClosedConnectionError as error:
            self.failure = Refusal("Discord closed the connection: {why}", why=error.reason)
            self.is_unwelcome = error.code in FOR_GOOD
        except (hikari.HTTPError, hikari.GatewayError, OSError, RuntimeError) as error:
            self.failure = self.failure or Refusal("Discord cannot be reached: {why}", why=error)
        except asyncio.CancelledError:
            await self._give_up()
            raise
        if self.failure is not None:
            await self._give_up()
            raise self.failure

    def _turn_away(self) -> None:
        self.failure = Refusal(REFUSED_BY_DISCORD)
        self.is_unwelcome = True

    @property
    def is_connected(self) -> bool:
        """Whether members reach us now."""
        return any(shard.is_connected for shard in self.shards.values())

    async def _give_up(self) -> None:
        """Close what a start that failed has opened; the library closes only what it finished."""
        if self.is_alive:
            await self.close()
        if self.rest.is_alive:
            await self.rest.close()
        # A start that was broken off leaves a connection behind that would go on by itself.
        for task in asyncio.all_tasks():
            if task.get_name().startswith(CONNECTION):
                task.cancel()

    async def _starting(self, _: hikari.StartingEvent) -> None:
        # Before the gateway connects: whatever arrives from then on finds its command.
        try:
            await self._register_commands()
            await preflight.check(self.rest, self.show.settings, self.show.uploads)
            await shop_roles.look(self.rest, self.show)
            if not self._commands_listen:
                await self.client.start()
                self._commands_listen = True
        except Refusal as refusal:
            self.failure = refusal
        except hikari.UnauthorizedError:
            self._turn_away()
        except hikari.BadRequestError as error:
            self.failure = Refusal(
                "Discord refuses the commands: {why}", why=f"{error.message} {error.errors}"
            )
        except hikari.HTTPResponseError as error:
            self.failure = Refusal("the commands could not be registered: {why}", why=error.message)
        except hikari.HTTPError as error:
            self.failure = Refusal("Discord cannot be reached: {why}", why=error)
        except Exception as error:
            log.exception("the bot could not be made ready")
            self.failure = Refusal("the bot could not be made ready: {why}", why=error)

    async def _register_commands(self) -> None:
        """Replace the registered commands by ours, in one idempotent request.

        The framework's own comparison misses changes of permissions and repeats itself.
        """
        builders: list[Any] = await commands.build(self.client)
        application = await self.rest.fetch_application()
        await self.rest.set_application_commands(application.id, builders)
        log.info("%d commands are registered", len(builders))

    async def _pressed(self, event: hikari.ComponentInteractionCreateEvent) -> None:
        if work := components.pressed(self, event.interaction):
            await serve(self.show, self.counter, event.interaction, work)

    async def _filled_in(self, event: hikari.ModalInteractionCreateEvent) -> None:
        if work := components.filled_in(self, event.interaction):
            await serve(self.show, self.counter, event.interaction, work)


GATEWAY_IS_SILENT = "Discord cannot be reached: its gateway does not answer"
REFUSED_BY_DISCORD = (
    "Discord refuses the token: check DISCORD_TOKEN (discord.com/developers, your application, "
    "Bot, Reset Token)"
)
