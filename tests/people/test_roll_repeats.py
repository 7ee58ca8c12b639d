"""Whatever two rolls say one after the other: the second again changes nothing and asks nothing new."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from convo.people.models import Carer, ContactQuestion, Pupil, PupilCarer
from convo.people.reading import RollFile
from convo.people.roll import apply_roll, read_import
from tests.support.people import NOW

HEAD = "UPN,Surname,Forename,Known As,DOB,Class,Language,FSM,Key Teacher," + ",".join(
    f"Contact {order} {part}"
    for order in (1, 2)
    for part in ("Title", "Forename", "Surname", "Relationship", "Parental Responsibility", "Email")
)
UPNS = ("W873293122000", "K873259614001", "T873219219002")
contact = st.one_of(
    st.just(",,,,,"),
    st.builds(
        ",".join,
        st.tuples(
            st.sampled_from(("", "Mrs", "Mr")),
            st.sampled_from(("Jo", "JO", "Lee", "Zoë")),
            st.sampled_from(("Smith", "Brown", "O'Brien")),
            st.sampled_from(("", "Mother", "PAF", "Aunt")),
            st.sampled_from(("", "Yes", "No")),
            st.sampled_from(("", "jo@s.example", "lee@b.example")),
        ),
    ),
)
pupil = st.tuples(
    st.sampled_from(("Smith", "Brown")),
    st.sampled_from(("Isla", "Amber")),
    st.sampled_from(("", "Izzy")),
    st.just("31/07/2019"),
    st.sampled_from(("", "3Oak", "4Ash")),
    st.sampled_from(("", "ENG", "Urdu")),
    st.sampled_from(("", "Y", "N")),
    st.sampled_from(("", "Mr Okafor", "Mrs Fox")),
    contact,
    contact,
)
roll = st.lists(pupil, min_size=1, max_size=3).map(
    lambda rows: "\n".join(
        [HEAD, *(",".join((upn, *row)) for upn, row in zip(UPNS, rows, strict=False))]
    ).encode()
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=roll, second=roll)
def test_a_roll_brought_in_twice_changes_nothing_the_second_time(session, people, first, second):
    def take(content):
        read = read_import(session, people.oyelaran, content)
        assert isinstance(read, RollFile)
        return apply_roll(session, people.oyelaran, NOW, read, accept_good=True).preview

    def everything():
        tables = [model.__table__ for model in (Pupil, Carer, PupilCarer, ContactQuestion)]
        return [
            tuple(row) for table in tables for row in session.execute(select(*table.c).order_by(table.c.id))
        ]

    with session.begin_nested() as trial:
        take(first)
        take(second)
        before = everything()
        again = take(second)
        assert (again.new, again.changed, again.questions) == ([], [], [])
        assert everything() == before
        trial.rollback()
