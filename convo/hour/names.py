"""What the parts of the hour, and the places where an action is done, are called on the screen."""

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
PLACES = {Doer.HOME: "At home", Doer.SCHOOL: "At school", Doer.PUPIL: "Pupil"}
