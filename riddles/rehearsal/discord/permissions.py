"""What somebody may do in a server or a channel: the permission bits that matter here."""

from enum import IntFlag


class Permission(IntFlag):
    """Discord's names and bits; a member or a channel holds a set of them."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    CREATE_EVENTS = 1 << 44


NONE = Permission(0)
ALL = Permission((1 << 53) - 1)

# What members hold by default in a server nobody has configured.
MEMBER = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)

# What a channel grants the bot unless its specification says otherwise.
BOT_IN_CHANNEL = (
    MEMBER | Permission.MANAGE_MESSAGES | Permission.MENTION_EVERYONE | Permission.MANAGE_THREADS
)

# What the bot may do in the server as a whole.
BOT_IN_GUILD = Permission.MANAGE_ROLES | Permission.MANAGE_EVENTS | Permission.CREATE_EVENTS
