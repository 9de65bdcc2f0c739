"""The bot: hikari's client with our commands, our buttons, and no cache, no surprise.

It needs no privileged intent: members, roles and languages come with each interaction.
"""

import logging
from typing import Any

import hikari
import lightbulb
from hikari import impl

from riddles.discord import commands, components, preflight
from riddles.discord.localization import localize
from riddles.discord.replies import Counter, serve
from riddles.refusal import Refusal
from riddles.show import Show
from riddles.weekly import Weekly

log = logging.getLogger(__name__)

REQUEST_S = 300.0
"""Longest request, uploads included."""


class RiddleBot(hikari.GatewayBot):
    """A gateway bot that carries the services its commands need."""

    show: Show
    weekly: Weekly
    counter: Counter

    def __init__(self, token: str, api_url: str) -> None:
        super().__init__(
            token,
            rest_url=api_url,
            banner=None,
            logs=None,
            intents=hikari.Intents.NONE,
            cache_settings=impl.CacheSettings(components=hikari.api.CacheComponents.NONE),
            http_settings=impl.HTTPSettings(timeouts=impl.HTTPTimeoutSettings(total=REQUEST_S)),
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
        self.subscribe(hikari.StartingEvent, self._starting)
        self.subscribe(hikari.ComponentInteractionCreateEvent, self._pressed)
        self.subscribe(hikari.ModalInteractionCreateEvent, self._filled_in)

    async def open(self, show: Show, weekly: Weekly) -> None:
        """Connect, with the commands registered.

        Raises:
            Refusal: the token is refused, Discord cannot be reached, or it refuses the commands.
        """
        self.show, self.weekly = show, weekly
        try:
            await self.start(check_for_updates=False)
        except hikari.UnauthorizedError:
            self.failure = Refusal(REFUSED_BY_DISCORD)
        except hikari.GatewayServerClosedConnectionError as error:
            self.failure = Refusal(f"Discord closed the connection: {error.reason}")
        except (hikari.HTTPError, hikari.GatewayError, OSError) as error:
            self.failure = self.failure or Refusal(f"Discord cannot be reached: {error}")
        if self.failure is not None:
            await self._give_up()
            raise self.failure

    async def _give_up(self) -> None:
        """Close what a start that failed has opened; the library closes only what it finished."""
        if self.is_alive:
            await self.close()
        if self.rest.is_alive:
            await self.rest.close()

    async def _starting(self, _: hikari.StartingEvent) -> None:
        # Before the gateway connects: whatever arrives from then on finds its command.
        try:
            await self._register_commands()
            await preflight.check(self.rest, self.show.settings)
            await self.client.start()
        except Refusal as refusal:
            self.failure = refusal
        except hikari.UnauthorizedError:
            self.failure = Refusal(REFUSED_BY_DISCORD)
        except hikari.BadRequestError as error:
            self.failure = Refusal(f"Discord refuses the commands: {error.message} {error.errors}")
        except hikari.HTTPResponseError as error:
            self.failure = Refusal(f"the commands could not be registered: {error.message}")
        except hikari.HTTPError as error:
            self.failure = Refusal(f"Discord cannot be reached: {error}")
        except Exception as error:
            log.exception("the bot could not be made ready")
            self.failure = Refusal(f"the bot could not be made ready: {error}")

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


REFUSED_BY_DISCORD = (
    "Discord refuses the token: check DISCORD_TOKEN (discord.com/developers, your application, "
    "Bot, Reset Token)"
)
