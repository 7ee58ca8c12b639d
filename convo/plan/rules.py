"""The words of targets, actions and decisions."""

import enum


class Area(enum.StrEnum):
    """What a target is about: the core subjects and the wider outcomes of Achievement for All."""

    ENGLISH = "English"
    MATHEMATICS = "mathematics"
    COMMUNICATION = "communication"
    ATTENDANCE = "attendance"
    BEHAVIOUR = "behaviour"
    BULLYING = "bullying"
    RELATIONSHIPS = "positive relationships"
    PARTICIPATION = "wider participation"
    INDEPENDENCE = "independence"


class Doer(enum.StrEnum):
    """By whom an action is done."""

    HOME = "home"
    SCHOOL = "school"
    PUPIL = "pupil"


class Agreement(enum.StrEnum):
    """Where the people at the table stand on one action."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DISCUSS = "let's talk about this"
    NOT_YET = "not yet agreed"  # changed after closing, until someone records that it was agreed


class Understood(enum.StrEnum):
    """How what was agreed was taken in: by somebody, or one action of it."""

    READ = "read in their language"
    INTERPRETER = "through the interpreter"
    ENGLISH = "in English"


class ActionState(enum.StrEnum):
    """What an action is in the plan. A draft belongs to an open conversation."""

    DRAFT = "draft"
    OPEN = "open"
    DONE = "done"
    STOPPED = "stopped"
    CHANGED = "changed"  # another action replaced it


class Outcome(enum.StrEnum):
    """A decision on an action at a later conversation."""

    DONE = "done"
    CONTINUE = "continue"
    CHANGE = "change"
    STOP = "stop"
    NOT_TALKED_ABOUT = "not talked about"
