"""The steps that lead from an empty school to the first conversation, in the order they are best taken."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step: what to do, why, where, and whether it is done."""

    key: str
    title: str
    text: str
    href: str
    done: bool


_STEPS = (
    ("school", "Say who you are", "Families see the name of the school and whom to ring.", "/school"),
    ("terms", "Check the terms", "One round of conversations is held in each term.", "/school/terms"),
    (
        "languages",
        "Choose your languages",
        "They come first wherever a language is chosen.",
        "/school#languages",
    ),
    ("staff", "Add the staff", "One by one, or all at once from a file.", "/staff"),
    (
        "safeguarding",
        "Name the safeguarding lead and deputy",
        "No conversation opens before both are named.",
        "/school/safeguarding",
    ),
    ("roll", "Take in the roll", "Pupils and their carers come from your own system.", "/import"),
    (
        "key_teachers",
        "Say who is key teacher of which class",
        "They see the pupils of their class.",
        "/classes",
    ),
    (
        "practice",
        "Make a practice pupil",
        "Staff can try a conversation with them. They count nowhere.",
        "/pupils/practice",
    ),
)


def steps(done: dict[str, bool], addresses: dict[str, str] | None = None) -> list[Step]:
    """Return all steps; ``done`` holds every key, ``addresses`` where another room's step has moved to."""
    addresses = addresses or {}
    return [Step(key, title, text, addresses.get(key, href), done[key]) for key, title, text, href in _STEPS]
