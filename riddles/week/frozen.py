"""Freezing: from a riddle's folder to the rules by which its round is played for ever."""

from engine.play.rules import Rules, Wording
from riddles.config import Settings
from riddles.content import Riddle


def freeze(riddle: Riddle, settings: Settings) -> Rules:
    """The riddle and the community's scoring and limits as they are now."""
    file = riddle.file
    return Rules(
        title=file.title,
        circle=file.circle,
        author=file.author,
        author_id=file.author_id,
        test_solvers=file.test_solvers,
        difficulty=file.difficulty,
        value=file.value,
        hint_cost=file.hint_cost,
        verdict=file.verdict,
        scoring=file.scoring or settings.scoring,
        limits=settings.submissions,
        text={
            lang: Wording(prompt=words.prompt, hints=words.hints, solution=words.solution)
            for lang, words in file.text.items()
        },
        alt={str(lang): alt for lang, alt in file.video.alt.items()},
        captions={str(lang): text for lang, text in riddle.transcripts().items()},
        caption_files={str(lang): text for lang, text in riddle.caption_files().items()},
        link=file.video.url if file.video.mode == "link" else None,
        credit=file.video.credit,
        licence=file.video.licence,
        answer=file.answer,
    )
