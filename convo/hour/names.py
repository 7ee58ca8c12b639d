"""What the parts of the hour are called on the screen and in addresses, and where an action is done."""

from convo.conversation.rules import StageName
from convo.plan.rules import Doer

TITLES = {
    StageName.SINCE: "Since last time: what became of it",
    StageName.EXPLORE: "Explore: hear the family first",
    StageName.FOCUS: "Focus: what matters most",
    StageName.PLAN: "Plan: what we will do",
    StageName.REVIEW: "Review: read it back together",
}
SHORT = {
    StageName.SINCE: "Since last time",
    StageName.EXPLORE: "Explore",
    StageName.FOCUS: "Focus",
    StageName.PLAN: "Plan",
    StageName.REVIEW: "Review",
}
SLUGS = {name: name.value.replace("_", "-") for name in StageName}  # in addresses
STAGES = {slug: name for name, slug in SLUGS.items()}
ANY_STAGE = ",".join(f"'{slug}'" for slug in STAGES)  # as a route says it
PLACES = {Doer.HOME: "At home", Doer.SCHOOL: "At school", Doer.PUPIL: "Pupil"}
