"""A stock bot: hikari and lightbulb as their documentation begins, and one command.

Run as a program of its own, so that nothing our bot sets for the libraries is set here.
"""

import sys

import hikari
import lightbulb

loader = lightbulb.Loader()


@loader.command
class Answer(lightbulb.SlashCommand, name="answer", description="Answer this week's riddle."):
    """Replies with a constant."""

    text = lightbulb.string("text", "What is it?")

    @lightbulb.invoke
    async def invoke(self, ctx: lightbulb.Context) -> None:
        """Reply."""
        await ctx.respond("❌ That is not it.", ephemeral=True)


def main() -> None:
    """Run until told to stop."""
    url, token = sys.argv[1:]
    bot = hikari.GatewayBot(token, rest_url=url, banner=None, logs="ERROR")
    client = lightbulb.client_from_app(bot)

    @bot.listen(hikari.StartingEvent)
    async def start(_: hikari.StartingEvent) -> None:  # pyright: ignore[reportUnusedFunction] # the bot calls it
        await loader.add_to_client(client)
        await client.start()

    bot.run(check_for_updates=False)


if __name__ == "__main__":
    main()
