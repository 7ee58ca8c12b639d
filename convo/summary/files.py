"""What a summary's file is called: the child without the surname, day, version, language."""

import re

from convo.language.tags import language
from convo.summary.content import SummaryContent

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')


def file_name(content: SummaryContent) -> str:
    """Return the name of the Word file: "Amina 23 November 2026 summary 1 Urdu.docx".

    For who may not know the day of the meeting it tells the month only.
    """
    when = f"{content.held_on:%-d %B %Y}" if content.held_on else f"{content.made_at:%B %Y}"
    child = " ".join(_NOT_IN_NAMES.sub(" ", content.child).split()) or "Child"
    return f"{child} {when} summary {content.version} {language(content.tag).name}.docx"
