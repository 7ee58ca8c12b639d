"""The forms around a meeting: its plan, that it was not held, its new time, and who the carers are."""

from collections.abc import Iterable
from uuid import UUID

from convo.conversation.plans import PlanFields
from convo.conversation.rules import LONGEST, SHORTEST, Interpreter, NotHeldReason, PupilPart, Way
from convo.kernel.ids import parse_id
from convo.people.models import MayReceive, PupilCarer
from convo.people.operations import CarerFields
from convo.web.forms import (
    ChoiceField,
    ChoicesField,
    ClockField,
    CountField,
    DayField,
    Form,
    LineField,
    LongChoiceField,
    TickField,
    WordsField,
)

WAY_NAMES = {
    Way.SCHOOL: "At school",
    Way.PHONE: "By phone",
    Way.VIDEO: "By video",
    Way.HOME: "Home visit",
}
PART_NAMES = {
    PupilPart.ALL: "All of it",
    PupilPart.PART: "Part of it",
    PupilPart.VIEWS: "Views gathered before",
}
INTERPRETER_NAMES = {
    Interpreter.NONE: "Nobody",
    Interpreter.ROOM: "In the room",
    Interpreter.PHONE: "By phone",
    Interpreter.VIDEO: "By video",
}
REASON_NAMES = {
    NotHeldReason.FAMILY: "The family could not",
    NotHeldReason.NO_ANSWER: "No answer",
    NotHeldReason.INTERPRETER: "No interpreter",
    NotHeldReason.SCHOOL: "The school could not",
}
RECEIVE_NAMES = {
    MayReceive.YES: "Yes",
    MayReceive.CHECK: "Check with the office",
    MayReceive.NO: "No",
}
BY_THE_DATE = "date"
_YES_NO = {"yes": True, "no": False}


class PlanForm(Form):
    """One meeting as it is planned, or as it was held on paper."""

    on = DayField("Day", required="Choose the day.")
    at = ClockField("Time", required="Choose the time.")
    minutes = CountField(
        f"Minutes, {SHORTEST} to {LONGEST}",
        least=SHORTEST,
        most=LONGEST,
        required="Say how many minutes you have.",
    )
    way = ChoiceField("How you meet", WAY_NAMES.items(), required="Choose how you meet.", coerce=Way)
    carers = ChoicesField("Who of the family is asked", required="Say who of the family is asked.")
    pupil_part = ChoiceField(
        "The pupil joins for", PART_NAMES.items(), required="Say how the pupil takes part.", coerce=PupilPart
    )
    pupil_views = WordsField("What the pupil says", hint="In their own words, gathered before the meeting.")
    interpreter = ChoiceField(
        "Who interprets", INTERPRETER_NAMES.items(), required="Say who interprets.", coerce=Interpreter
    )
    interpreter_name = LineField("Interpreter’s name")
    interpreter_number = LineField("Number or link to reach them", limit=100)
    interpreter_is_child = TickField(
        "A child of the family interprets",
        hint="A child should not interpret: they may not know the words, or be what is talked about.",
    )
    lead = LongChoiceField("Who leads it", required="Choose who leads it.")
    staff = ChoicesField("Who else of the staff is asked")
    round = ChoiceField(
        "Which conversation of the year",
        [(BY_THE_DATE, "As the date says"), ("1", "1"), ("2", "2"), ("3", "3")],
        required="Choose which conversation of the year it is.",
    )

    def offer(
        self,
        carers: Iterable[tuple[UUID, str]],
        leads: Iterable[tuple[UUID, str]],
        staff: Iterable[tuple[UUID, str]],
    ) -> None:
        """Set the people who can be chosen."""
        self.carers.choices = [(str(key), label) for key, label in carers]
        self.lead.choices = [(str(key), label) for key, label in leads]
        self.staff.choices = [(str(key), label) for key, label in staff]

    def plan(self) -> PlanFields:
        """Return the plan of a form that has been validated."""
        assert self.on.data is not None
        assert self.at.data is not None
        assert self.minutes.data is not None
        return PlanFields(
            on=self.on.data,
            at=self.at.data,
            minutes=self.minutes.data,
            way=self.way.data,
            carer_ids=_ids(self.carers.data),
            pupil_part=self.pupil_part.data,
            pupil_views=self.pupil_views.data,
            interpreter=self.interpreter.data,
            interpreter_name=self.interpreter_name.data,
            interpreter_number=self.interpreter_number.data,
            interpreter_is_child=self.interpreter_is_child.data,
            lead_id=parse_id(self.lead.data),
            staff_ids=_ids(self.staff.data),
            round=None if self.round.data == BY_THE_DATE else int(self.round.data),
        )


def plan_values(fields: PlanFields) -> dict[str, object]:
    """Return what a plan's form shows of a plan."""
    return {
        **{name: getattr(fields, name) for name in _SAME_IN_FORM},
        "carers": [str(key) for key in fields.carer_ids],
        "staff": [str(key) for key in fields.staff_ids],
        "lead": str(fields.lead_id),
        "round": str(fields.round) if fields.round else BY_THE_DATE,
    }


_SAME_IN_FORM = (
    "on",
    "at",
    "minutes",
    "way",
    "pupil_part",
    "pupil_views",
    "interpreter",
    "interpreter_name",
    "interpreter_number",
    "interpreter_is_child",
)


class NotHeldForm(Form):
    """Why a meeting did not happen."""

    reason = ChoiceField("Why", REASON_NAMES.items(), required="Say why.", coerce=NotHeldReason)
    note = WordsField(
        "Anything to remember", hint="It stays on the child’s record. The family may ask to read it."
    )


class RebookForm(Form):
    """When a meeting that was not held is to be."""

    on = DayField("Day", required="Choose the day.")
    at = ClockField("Time", required="Choose the time.")


class CarerForm(Form):
    """An adult who cares for a pupil."""

    title = LineField("Title", hint="Such as Mrs or Dr.", limit=30)
    forename = LineField("First name")
    surname = LineField("Surname", required="Write the surname.")
    relationship = LineField("Relationship to the pupil", hint="Such as mother or grandfather.", limit=40)
    speaks = LongChoiceField("Which language do they like to talk in?")
    reads = LongChoiceField("Which language do they like to read in?")
    needs_interpreter = TickField("Needs an interpreter")
    large_print = TickField("Needs large print")
    reading_aloud = TickField("Would like it read aloud")
    parental_responsibility = ChoiceField("Parental responsibility", [("yes", "Yes"), ("no", "No")])
    may_receive = ChoiceField(
        "May be given what was agreed",
        RECEIVE_NAMES.items(),
        hint="Why stands in the office’s file, never here.",
        required="Say whether they may be given what was agreed.",
        coerce=MayReceive,
    )
    phone = LineField("Telephone", limit=40, render_kw={"inputmode": "tel", "dir": "ltr"})
    email = LineField("E-mail address", limit=254, render_kw={"inputmode": "email", "dir": "ltr"})
    kept_apart = ChoicesField(
        "Kept apart from", hint="Neither learns of the other’s meetings, attendance or contact details."
    )

    def offer(self, languages: list[tuple[str, str]], others: Iterable[PupilCarer]) -> None:
        """Set the languages and the pupil's other carers that can be chosen."""
        self.speaks.choices = languages
        self.reads.choices = languages
        self.kept_apart.choices = [(str(link.carer_id), link.carer.full_name) for link in others]

    def fields(self) -> CarerFields:
        """Return what a validated form says."""
        return CarerFields(
            **{name: getattr(self, name).data for name in _SAME_IN_CARER},
            parental_responsibility=_YES_NO.get(self.parental_responsibility.data),
            kept_apart=_ids(self.kept_apart.data),
        )


def carer_values(link: PupilCarer, kept_apart: Iterable[UUID]) -> dict[str, object]:
    """Return what a carer's form shows of them."""
    responsible: dict[bool | None, str] = {held: word for word, held in _YES_NO.items()}
    return {
        **{name: getattr(link.carer, name) for name in _SAME_IN_CARER if hasattr(link.carer, name)},
        "relationship": link.relationship,
        "may_receive": link.may_receive,
        "parental_responsibility": responsible.get(link.parental_responsibility),
        "kept_apart": [str(key) for key in kept_apart],
    }


_SAME_IN_CARER = (
    "title",
    "forename",
    "surname",
    "relationship",
    "phone",
    "email",
    "speaks",
    "reads",
    "needs_interpreter",
    "large_print",
    "reading_aloud",
    "may_receive",
)


def _ids(values: Iterable[str]) -> tuple[UUID, ...]:
    return tuple(key for key in map(parse_id, values) if key is not None)
