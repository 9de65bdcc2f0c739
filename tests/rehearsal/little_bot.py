"""The smallest bot that does all the stand-in has to stand in for; hikari and lightbulb."""

import asyncio

import hikari
import lightbulb

loader = lightbulb.Loader()
LOCALES = lightbulb.DictLocalizationProvider(
    {
        hikari.Locale.EN_US: {"answer.n": "answer", "answer.d": "Answer."},
        hikari.Locale.FR: {"answer.n": "répondre", "answer.d": "Répondre."},
    }
)


@loader.command
class Answer(lightbulb.SlashCommand, name="answer.n", description="answer.d", localize=True):
    text = lightbulb.string("text", "What is it?", max_length=20)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        locale = ctx.interaction.locale
        await ctx.respond(f"{self.text} ({locale})", ephemeral=True)


points = lightbulb.Group("points", "Points.")


@points.register
class Balance(lightbulb.SlashCommand, name="balance", description="How many?"):
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.defer(ephemeral=True)
        await asyncio.sleep(0.02)
        await ctx.interaction.edit_initial_response("12 points")


@points.register
class Show(lightbulb.SlashCommand, name="show", description="Of whom?"):
    who = lightbulb.user("who", "Who")
    window = lightbulb.string(
        "window", "When", choices=[lightbulb.Choice("this week", "week")], default="all"
    )

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.respond(f"{self.who.username} {self.window}")


async def propose(ctx: lightbulb.AutocompleteContext[str]) -> None:
    await ctx.respond([f"{ctx.focused.value}-1", f"{ctx.focused.value}-2"])


@loader.command
class Redeem(lightbulb.SlashCommand, name="redeem", description="A reward."):
    reward = lightbulb.string("reward", "Which", autocomplete=propose)

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.respond(self.reward)


@loader.command
class Staff(
    lightbulb.SlashCommand,
    name="staff",
    description="Hidden.",
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
):
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        await ctx.respond("staff only", ephemeral=True)


@loader.command
class Silent(lightbulb.SlashCommand, name="silent", description="Never answers."):
    @lightbulb.invoke
    async def invoke(self, _: lightbulb.Context) -> None:
        await asyncio.sleep(0)


@loader.command
class Panel(lightbulb.SlashCommand, name="panel", description="A button for one."):
    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        row = hikari.impl.MessageActionRowBuilder()
        row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "v1:count:0", label="Count")
        await ctx.respond("0", component=row, ephemeral=True)


loader.command(points)


@loader.listener(hikari.ComponentInteractionCreateEvent)
async def on_component(event: hikari.ComponentInteractionCreateEvent) -> None:
    interaction = event.interaction
    if interaction.custom_id.startswith("v1:open:"):
        row = hikari.impl.ModalActionRowBuilder().add_text_input(
            "answer", "Ta réponse", max_length=200
        )
        await interaction.create_modal_response("Réponse", "v1:submit:7", component=row)
    elif interaction.custom_id.startswith("v1:count:"):
        await interaction.create_initial_response(
            hikari.ResponseType.MESSAGE_UPDATE, str(int(interaction.message.content or "0") + 1)
        )


@loader.listener(hikari.ModalInteractionCreateEvent)
async def on_modal(event: hikari.ModalInteractionCreateEvent) -> None:
    value = event.interaction.components[0].components[0].value
    await event.interaction.create_initial_response(
        hikari.ResponseType.MESSAGE_CREATE, f"got {value}", flags=hikari.MessageFlag.EPHEMERAL
    )


async def start(token: str, url: str) -> hikari.GatewayBot:
    """The bot, its commands registered and its gateway connected."""
    bot = hikari.GatewayBot(
        token,
        rest_url=url,
        banner=None,
        logs=None,
        intents=hikari.Intents.GUILDS,
        http_settings=hikari.impl.HTTPSettings(
            timeouts=hikari.impl.HTTPTimeoutSettings(total=5.0), max_redirects=None
        ),
        max_retries=0,
    )
    client = lightbulb.client_from_app(
        bot,
        default_locale=hikari.Locale.EN_US,
        localization_provider=LOCALES,
        sync_commands=False,
    )

    async def starting(_: hikari.StartingEvent) -> None:
        await loader.add_to_client(client)
        await client.start()
        application = await bot.rest.fetch_application()
        builders = [
            await command.as_command_builder(client.default_locale, client.localization_provider)
            for command in client.registered_commands
        ]
        await bot.rest.set_application_commands(application, builders)

    bot.subscribe(hikari.StartingEvent, starting)
    try:
        await bot.start(check_for_updates=False)
    except hikari.HTTPError:
        await bot.rest.close()  # The library closes only what it finished.
        raise
    return bot
