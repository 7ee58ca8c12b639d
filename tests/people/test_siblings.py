"""Which carers of different pupils are offered for joining, and in which order."""

from convo.people.siblings import CarerLink, JoiningSuggestion, joining_suggestions


def link(
    carer: int, pupil: int, forename: str, email: str = "", pupil_surname: str = "Smith", phone: str = ""
) -> CarerLink:
    return CarerLink(carer, pupil, pupil_surname, forename, "Smith", email, phone)


def test_siblings_carers_are_offered_by_email_and_forename_or_by_full_name() -> None:
    offered = joining_suggestions(
        [
            link(1, 10, "Jo", "jo@s.example"),
            link(2, 11, "JO", "Jo@s.example"),
            link(3, 12, "Lee"),
            link(4, 13, "Lee"),
        ]
    )
    assert offered == (
        JoiningSuggestion((1, 2), "the same e-mail", likely=True),
        JoiningSuggestion((3, 4), "the same name", likely=False),
    )


def test_nobody_is_offered_for_joining_who_is_told_apart() -> None:
    assert not joining_suggestions([link(1, 10, "Jo", "jo@s.example"), link(2, 11, "Lee", "jo@s.example")])
    assert not joining_suggestions([link(1, 10, "Jo", "a@s.example"), link(2, 11, "Jo", "b@s.example")])
    assert not joining_suggestions([link(1, 10, "Jo", phone="1"), link(2, 11, "Jo", phone="2")])
    assert not joining_suggestions([link(1, 10, "Jo"), link(2, 10, "Jo")])
    assert not joining_suggestions([link(1, 10, "Jo"), link(2, 11, "Jo", pupil_surname="Brown")])
    pair = [link(1, 10, "Jo"), link(2, 11, "Jo")]
    assert joining_suggestions(pair)
    assert not joining_suggestions(pair, declined=[frozenset({1, 2})])


def test_a_phone_number_written_otherwise_is_the_same() -> None:
    offered = joining_suggestions(
        [
            link(1, 10, "Jo", phone="07700 900123"),
            link(2, 11, "Jo", phone="07700-900123", pupil_surname="Ray"),
        ]
    )
    assert offered == (JoiningSuggestion((1, 2), "the same phone number", likely=True),)


def test_of_a_common_name_those_come_first_who_have_more_in_common() -> None:
    """Of six fathers two have the same wife and two the same phone; of two nothing is known."""
    phones = {3: "0123", 4: "0123"}
    fathers = [link(number, 10 + number, "Ali", phone=phones.get(number, "")) for number in range(1, 7)]
    mothers = [link(21, 11, "Sara"), link(22, 12, "Sara"), link(23, 15, "Mina"), link(24, 16, "Nour")]
    offered = joining_suggestions([*fathers, *mothers])
    assert [(set(one.carers), one.likely) for one in offered] == [
        ({3, 4}, True),
        ({1, 2}, True),
        ({21, 22}, True),
        ({5, 6}, False),
    ]


def test_one_who_could_be_either_of_two_told_apart_is_offered_once_with_both() -> None:
    three = [link(number, 10 + number, "Jo") for number in (1, 2, 3)]
    offered = joining_suggestions(three, declined=[frozenset({1, 2})])
    assert [set(one.carers) for one in offered] == [{1, 2, 3}]


def test_a_name_that_very_many_have_is_not_offered_by_itself() -> None:
    crowd = [link(number, 100 + number, "Jo") for number in range(13)]
    assert not joining_suggestions(crowd)
    assert joining_suggestions(
        [*crowd[:-2], link(11, 111, "Jo", "j@s.example"), link(12, 112, "Jo", "j@s.example")]
    )
