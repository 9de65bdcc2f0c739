"""The rehearsal in a browser: what members see, as whoever you like, at any time you like.

    page = Page(standin, clock, next_moment, jump, timezone="Europe/Paris")
    await page.start()
    print(page.url)
    …
    await page.close()

`next_moment()` gives the label and the moment of what comes next, or None; labels that the page's
dictionary knows as `moment.<label>` are shown in the reader's language. `jump(moment)` is awaited.
"""

from riddles.rehearsal.page.page import Page

__all__ = ["Page"]
