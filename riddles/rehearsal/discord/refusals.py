"""What a person cannot do on Discord, said in words: a test or the page reads the sentence."""


class CannotDo(Exception):  # noqa: N818 - it is an answer to a person, not a fault of the program
    """A person asked for something Discord would not let them do."""


class Unknown(CannotDo):
    """No such member, channel, command, option, button or field."""


class Hidden(CannotDo):
    """It exists, but not for this member."""


class Invalid(CannotDo):
    """A value Discord would not let them send."""


class DidNotRespond(CannotDo):
    """The bot gave no valid answer within three seconds; `refused` holds what it tried."""

    def __init__(self, what: str, refused: list[dict[str, object]]) -> None:
        tried = f"; it tried, and was told {refused}" if refused else ""
        super().__init__(f"the application did not respond to {what}{tried}")
        self.refused = refused
