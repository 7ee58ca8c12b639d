"""What a family calls areas, outcomes and people: words of the plan in both languages, never a code."""

from convo.conversation.rules import ParticipantKind
from convo.kernel.text import folded
from convo.language.catalogue import say
from convo.language.text import Text
from convo.plan.rules import Area
from convo.summary.words import Twin, own_words


def area_words(area: Area, tag: str) -> Twin:
    """Return what a target is about."""
    return Twin(_areas("en")[area], _areas(tag)[area])


def role_words(role: str, kind: ParticipantKind, tag: str) -> Twin:
    """Return what somebody is to the child or the school; one without a known word stays as typed."""
    known = folded(role) if role else kind.value
    if known in _roles("en"):
        return Twin(_roles("en")[known], _roles(tag)[known])
    return own_words(role[:1].upper() + role[1:])


def _areas(tag: str) -> dict[Area, Text]:
    return {
        Area.ENGLISH: say("Reading, writing and speaking English", tag),
        Area.MATHEMATICS: say("Mathematics", tag),
        Area.COMMUNICATION: say("Speaking and listening", tag),
        Area.ATTENDANCE: say("Coming to school", tag),
        Area.BEHAVIOUR: say("Behaviour", tag),
        Area.BULLYING: say("Bullying", tag),
        Area.RELATIONSHIPS: say("Getting on with others", tag),
        Area.PARTICIPATION: say("Joining in", tag),
        Area.INDEPENDENCE: say("Doing things by oneself", tag),
    }


def _roles(tag: str) -> dict[str, Text]:
    extra_help = say("Teacher for extra help", tag)
    return {
        "mother": say("Mother", tag),
        "father": say("Father", tag),
        "parent": say("Parent", tag),
        "stepmother": say("Stepmother", tag),
        "stepfather": say("Stepfather", tag),
        "grandmother": say("Grandmother", tag),
        "grandfather": say("Grandfather", tag),
        "foster carer": say("Foster carer", tag),
        "guardian": say("Guardian", tag),
        "aunt": say("Aunt", tag),
        "uncle": say("Uncle", tag),
        "sister": say("Sister", tag),
        "brother": say("Brother", tag),
        "carer": say("Carer", tag),
        "pupil": say("Pupil", tag),
        "key teacher": say("Key teacher", tag),
        "teacher": say("Teacher", tag),
        "teacher for extra help": extra_help,
        "senco": extra_help,  # a word that no family should have to know
        "head": say("Head teacher", tag),
        "head teacher": say("Head teacher", tag),
        "teaching assistant": say("Teaching assistant", tag),
        "assistant": say("Teaching assistant", tag),
        "staff": say("Member of staff", tag),
        "school office": say("School office", tag),
        "interpreter": say("Interpreter", tag),
        "interpreter by phone": say("Interpreter by phone", tag),
        "interpreter by video": say("Interpreter by video", tag),
        "other": say("With the family", tag),
    }
