"""Languages as choices on a page: the own name first, because whoever reads it looks for that."""

from convo.access.models import School
from convo.language.tags import LANGUAGES, Language
from convo.language.text import isolate


def language_choices(school: School, *, english_first: bool = False) -> list[tuple[str, str]]:
    """Return tag and name of every language, the school's own first, the others by their English name.

    ``english_first`` is for lists that only staff look through, by that name.
    """
    others = sorted((language for language in LANGUAGES.values()), key=lambda language: language.name)
    first = [LANGUAGES[tag] for tag in school.languages if tag in LANGUAGES]
    rest = [language for language in others if language not in first and language.tag != "en"]
    return [(language.tag, _named(language, english_first)) for language in (*first, *rest)]


def _named(language: Language, english_first: bool) -> str:
    names = (isolate(language.own_name), language.name)
    return " · ".join(reversed(names) if english_first else names)
