"""Discord: what members type and press, and what the program posts.

Commands get their services from the bot they run on, not by injection: the framework would
generate and compile its resolver anew at each invocation, half of the time an answer takes.
The switch is read when the library is first imported, hence here.
"""

import os

os.environ["LINKD_DI_DISABLED"] = "true"
