"""Languages as choices on a page: the own name first, because whoever reads it looks for that."""

from convo.access.models import School
from convo.language.tags import LANGUAGES
from convo.language.text import isolate


def language_choices(school: School) -> list[tuple[str, str]]:
    """Return tag and name of every language, the school's own first, the others by their English name."""
    others = sorted((language for language in LANGUAGES.values()), key=lambda language: language.name)
    first = [LANGUAGES[tag] for tag in school.languages if tag in LANGUAGES]
    rest = [language for language in others if language not in first and language.tag != "en"]
    return [(language.tag, f"{isolate(language.own_name)} · {language.name}") for language in (*first, *rest)]
