"""What a roll may change: nothing that a person has set, and nobody on a likeness of names."""

from pathlib import Path
from typing import Any

from convo.people.reading import ContactRow, RollFile, RollRow, read_file
from convo.people.rules import (
    PUPIL_FIELDS,
    KnownCarer,
    changes,
    match_contacts,
)

SAMPLES = Path(__file__).parent / "samples"


def rows_of(name: str) -> dict[str, RollRow]:
    roll = read_file((SAMPLES / name).read_bytes())
    assert isinstance(roll, RollFile)
    return {row.upn: row for row in roll.rows}


FINLAY = rows_of("roll.csv")["T873293614012"]


def known(contact: ContactRow, **differs: Any) -> KnownCarer:
    values = contact._asdict()
    del values["order"]
    return KnownCarer(**{"id": contact.order, **values, "imported": contact, **differs})


def test_a_new_pupil_takes_all_that_the_roll_says_and_the_same_file_again_changes_nothing():
    first = changes({}, {}, FINLAY)
    assert first.update == {f: getattr(FINLAY, f) for f in PUPIL_FIELDS if getattr(FINLAY, f) is not None}
    again = changes(first.update, first.imported, FINLAY)
    assert (again.update, again.kept) == ({}, ())


def test_what_a_person_has_set_stays_and_is_told():
    first = changes({}, {}, FINLAY)
    ours = {**first.update, "key_teacher": "Mr Dunn"}
    moved = changes(ours, first.imported, FINLAY._replace(key_teacher="Mrs Fox", class_name="6Ash"))
    assert moved.update == {"class_name": "6Ash"}
    assert [(kept.field, kept.ours, kept.roll) for kept in moved.kept] == [
        ("key_teacher", "Mr Dunn", "Mrs Fox")
    ]


def test_a_value_that_nobody_imported_is_a_persons_even_when_the_roll_is_empty():
    row = FINLAY._replace(preferred_forename=None)
    assert (
        changes({"preferred_forename": "Fin"}, {}, row).update.get("preferred_forename", "stays") == "stays"
    )


def test_what_the_roll_wrote_the_roll_may_take_away():
    first = changes({}, {}, FINLAY)
    ended = changes(first.update, first.imported, FINLAY._replace(key_teacher=None, sen_provision="N"))
    assert ended.update == {"key_teacher": None, "sen_provision": "N"}


def test_a_ctf_after_the_report_changes_nothing_and_forgets_nothing():
    report = rows_of("roll.csv")
    for upn, row in rows_of("roll.ctf.xml").items():
        first = changes({}, {}, report[upn])
        after = changes(first.update, first.imported, row)
        assert (after.update, after.kept) == ({}, ())
        assert after.imported == first.imported
        found = match_contacts([known(contact) for contact in report[upn].contacts], row.contacts)
        assert not found.gone
        assert all(match.carer and not match.asks and not match.fills for match in found.matches)


EMMA, STEPHEN = FINLAY.contacts


def test_a_contact_is_known_again_by_name_or_email_and_asks_what_changed():
    carers = [known(EMMA), known(STEPHEN)]
    renamed = EMMA._replace(surname="Hughes")
    new_address = STEPHEN._replace(email="s@new.example")
    found = match_contacts(carers, [renamed, new_address])
    assert [match.carer and match.carer.id for match in found.matches] == [1, 2]
    assert [[tuple(ask) for ask in match.asks] for match in found.matches] == [
        [("surname", "Thompson", "Hughes")],
        [("email", "stephen.thompson12@family.example", "s@new.example")],
    ]


def test_an_empty_email_is_filled_without_asking():
    found = match_contacts([known(EMMA, email=None, imported=EMMA._replace(email=None))], [EMMA])
    assert found.matches[0].fills == {"email": EMMA.email}
    assert found.matches[0].asks == ()


def test_a_name_corrected_in_convo_is_neither_asked_about_nor_taken_for_a_stranger():
    carers = [known(EMMA, forename="Emmeline", email=None)]
    match = match_contacts(carers, [EMMA]).matches[0]
    assert match.carer == carers[0]
    assert (match.fills, match.asks) == ({}, ())


def test_parents_who_share_an_address_are_told_apart_by_name():
    shared = [EMMA._replace(email="home@t.example"), STEPHEN._replace(email="HOME@t.example")]
    found = match_contacts([known(contact) for contact in shared], list(reversed(shared)))
    assert [match.carer and match.carer.id for match in found.matches] == [2, 1]
    assert not any(match.asks for match in found.matches)


def test_the_only_mother_under_another_name_asks_before_she_is_someone_new():
    other = EMMA._replace(forename="Joanne", surname="Hughes", email="j@h.example")
    match = match_contacts([known(EMMA)], [other]).matches[0]
    assert match.carer is not None
    assert {ask.field for ask in match.asks} == {"forename", "surname", "email"}


def test_a_contact_of_another_relationship_is_new_and_the_old_one_listed():
    aunt = EMMA._replace(forename="Joanne", email=None, relationship="Aunt")
    found = match_contacts([known(EMMA)], [aunt])
    assert found.matches[0].carer is None
    assert [carer.id for carer in found.gone] == [1]


def test_a_carer_whom_a_person_added_is_never_listed_as_gone():
    assert match_contacts([known(EMMA, imported=None)], []).gone == ()
