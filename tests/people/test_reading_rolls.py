"""A roll's rows: what is read from each cell, and the reason where it cannot be."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from convo.kernel.errors import Refused
from convo.people.reading import RollFile, RollRow, read_file
from convo.people.reading.values import check_letter

SAMPLES = Path(__file__).parent / "samples"

HEADINGS = ("UPN", "Surname", "Forename", "DOB")
ISLA = ("W873293122000", "Smith", "Isla", "31/07/2019")


def sample(name: str) -> RollFile:
    roll = read_file((SAMPLES / name).read_bytes())
    assert isinstance(roll, RollFile)
    return roll


def roll_of(*rows: tuple[str, ...], extra: tuple[str, ...] = ()) -> RollFile:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS + extra, *rows])
    roll = read_file(text.getvalue().encode())
    assert isinstance(roll, RollFile)
    return roll


def isla(heading: str, cell: str) -> RollRow | str:
    """Return Isla's row with one more cell, or the reason why it is refused."""
    roll = roll_of((*ISLA, cell), extra=(heading,))
    return roll.rows[0] if roll.rows else roll.refused[0].reason


def test_a_report_of_a_management_system_is_read_whole():
    roll = sample("roll.csv")
    assert (len(roll.rows), roll.refused) == (40, ())
    finlay = next(row for row in roll.rows if row.forename == "Finlay")
    assert finlay.row == 14
    assert (finlay.upn, finlay.surname, finlay.born_on) == ("T873293614012", "Thompson", date(2017, 1, 14))
    assert (finlay.year_group, finlay.class_name, finlay.home_language) == (5, "5Oak", "ENG")
    assert (finlay.sen_provision, finlay.sen_need, finlay.fsm) == ("K", "ASD", False)
    assert finlay.key_teacher == "Mrs Whitaker"
    assert [(c.order, c.title, c.forename, c.relationship) for c in finlay.contacts] == [
        (1, "Mrs", "Emma", "mother"),
        (2, "Mr", "Stephen", "father"),
    ]
    assert finlay.contacts[0].parental_responsibility is True
    assert finlay.contacts[1].email == "stephen.thompson12@family.example"


def test_a_ctf_says_of_the_same_pupils_what_the_report_says_and_no_more():
    by_upn = {row.upn: row for row in sample("roll.csv").rows}
    ctf = sample("roll.ctf.xml")
    assert (len(ctf.rows), ctf.refused) == (30, ())
    for row in ctf.rows:
        report = by_upn[row.upn]
        assert row.contacts == report.contacts
        for field in row.present - {"contacts"}:
            assert getattr(row, field) == getattr(report, field), field
    assert not ctf.present & {"class_name", "key_teacher", "fsm", "preferred_forename"}


def test_a_pupil_without_sen_block_in_a_ctf_has_none_said_of_it():
    with_sen = [row for row in sample("roll.ctf.xml").rows if "sen_provision" in row.present]
    without = [row for row in sample("roll.ctf.xml").rows if "sen_provision" not in row.present]
    assert {row.sen_provision for row in with_sen} <= {"K", "E"}
    assert with_sen
    assert without[0].sen_provision is None


def test_no_address_of_a_ctf_is_read():
    text = repr(sample("roll.ctf.xml"))
    assert "Not To Be Kept" not in text
    assert "ZZ1 1ZZ" not in text


def test_every_bad_row_of_a_messy_file_gets_each_of_its_reasons():
    roll = sample("roll-messy.csv")
    assert [row.row for row in roll.rows] == [2, 8, 14]
    assert roll.rows[1].home_language == "URD"
    assert roll.rows[2].surname == "Robert'); DROP TABLE pupil;--"
    fields = {}
    for refusal in roll.refused:
        fields.setdefault(refusal.row, []).append(refusal.field)
    assert fields == {
        3: ["Date of birth"],
        4: ["Surname"],
        5: ["UPN", "Surname", "Contact 1 forename", "Contact 1 surname"],
        6: ["UPN"],
        7: ["UPN"],
        9: ["Home language"],
        10: ["Year group"],
        11: ["Year group"],
        12: ["SEN provision"],
        13: ["Surname", "Forename", "Contact 1 surname"],
        15: ["Surname", "Contact 1 surname", "Contact 1 e-mail", "Contact 2 surname"],
        16: ["Contact 1 name"],
        17: ["Contact 1 forename"],
        18: ["Row"],
    }
    reasons = {refusal.row: refusal.reason for refusal in reversed(roll.refused)}
    assert reasons[3] == "Date of birth 31/02/2019 is not a date. Write it like 31/01/2019, day first."
    assert reasons[6] == "UPN W873293122000 is already in row 2. A UPN belongs to one pupil."
    assert reasons[18] == "The row has only 9 of 24 cells. Export the file again."


@pytest.mark.parametrize(
    ("cell", "year_group"),
    [
        ("Year 3", 3),
        ("Y3", 3),
        ("3", 3),
        ("03", 3),
        ("13", 13),
        ("R", 0),
        ("Reception", 0),
        ("N1", -1),
        ("Nursery", -1),
        ("X", None),
        ("", None),
    ],
)
def test_year_groups_are_read_as_systems_write_them(cell: str, year_group: int | None):
    row = isla("Year", cell)
    assert isinstance(row, RollRow)
    assert row.year_group == year_group


@pytest.mark.parametrize(
    "cell", ["31/07/2019", "31-7-2019", "31.07.19", "2019-07-31", "2019-07-31T00:00:00", "31 July 2019"]
)
def test_dates_are_read_day_first_or_as_iso_or_with_a_word(cell: str):
    assert roll_of((*ISLA[:3], cell)).rows[0].born_on == date(2019, 7, 31)


@pytest.mark.parametrize("cell", ["07/31/2019", "31/07/1019", "2019", "yesterday", "43677", "٣١/٠٧/٢٠١٩x"])
def test_what_is_no_date_of_birth_is_refused(cell: str):
    assert roll_of((*ISLA[:3], cell)).refused[0].field == "Date of birth"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("URD", "URD"),
        ("urd", "URD"),
        ("Urdu", "URD"),
        ("POL - Polish", "POL"),
        ("Somali", "SOM"),
        ("acholi", "ACL"),
        ("Farsi", "PHR"),
        ("", None),
    ],
)
def test_home_languages_are_read_by_code_or_name(cell: str, code: str | None):
    row = isla("First Language", cell)
    assert isinstance(row, RollRow)
    assert row.home_language == code


def test_old_sen_codes_are_refused_by_their_name():
    assert "old code, S (statement)" in str(isla("SEN Status", "S"))
    assert "old code, P (school action plus)" in str(isla("SEN Status", "School Action Plus"))
    row = isla("SEN Status", "E - Education, Health and Care Plan")
    assert isinstance(row, RollRow)
    assert row.sen_provision == "E"


def test_the_check_letter_is_verified_and_a_temporary_upn_taken():
    # The weighted sum of 801200001001 is 53, and 53 modulo 23 is 7: H.
    assert check_letter("801200001001") == "H"
    temporary = check_letter("87329312200A") + "87329312200A"
    assert roll_of((temporary.lower(), *ISLA[1:])).rows[0].upn == temporary
    wrong = roll_of(("A87329312200A", *ISLA[1:])).refused[0]
    assert "wrong check letter" in wrong.reason
    assert "is not a UPN" in roll_of(("12345", *ISLA[1:])).refused[0].reason


@pytest.mark.parametrize("name", ["D?browska", "Dąbrow\ufffdka", "Ã‰lodie"])
def test_a_name_damaged_by_a_wrong_encoding_is_refused(name: str):
    assert "looks damaged" in roll_of((ISLA[0], name, *ISLA[2:])).refused[0].reason


@pytest.mark.parametrize(
    "name", ["Nuñez-Hall", "O'Brien", "Dąbrowska", "王", "Ñ", "St. John-Mollusc", "مریم"]
)
def test_names_of_every_script_come_in_as_they_are(name: str):
    assert roll_of((ISLA[0], name, *ISLA[2:])).rows[0].surname == name


def test_a_wrong_width_is_refused_and_an_empty_row_passed_over_in_the_count():
    text = (
        "UPN,Surname,Forename,DOB\n\n,,,\nW873293122000,Smith,Isla\nW873293122000,Smith,Isla,31/07/2019,x\n"
    )
    roll = read_file(text.encode())
    assert isinstance(roll, RollFile)
    assert [(refusal.row, refusal.field) for refusal in roll.refused] == [(4, "Row"), (5, "Row")]


def test_a_class_taught_together_or_out_of_year_is_no_reason_to_refuse():
    others = [
        (check_letter(f"8732{n:08}") + f"8732{n:08}", "A", "B", "01/05/2019", "3", "3") for n in range(5)
    ]
    mixed = (*ISLA[:3], "01/05/2018", "4", "3/4 Oak")
    out_of_year = (check_letter("873200000099") + "873200000099", "Q", "R", "01/05/2018", "3", "3")
    roll = roll_of(*others, mixed, out_of_year, extra=("Year Group", "Class"))
    assert (len(roll.rows), roll.refused) == (7, ())


def test_attendance_is_a_pair_and_cannot_be_more_than_whole():
    roll = roll_of((*ISLA, "380", "350"), extra=("Sessions possible", "Sessions attended"))
    assert roll.rows[0].attendance == (380, 350)
    assert "attendance" in roll.present
    more = roll_of((*ISLA, "350", "380"), extra=("Sessions possible", "Sessions attended"))
    assert "more than the sessions possible" in more.refused[0].reason


def test_a_ctf_of_any_version_may_lack_every_block_and_name_a_namespace():
    pupil = "<UPN>W873293122000</UPN><Surname>Smith</Surname><Forename>Isla</Forename><DOB>2019-07-31</DOB>"
    attendance = (
        "<Attendance><YearData><Year>2024</Year><SessionsPossible>9</SessionsPossible><SessionsAttended>9"
        "</SessionsAttended></YearData><YearData><Year>2025</Year><SessionsPossible>380</SessionsPossible>"
        "<SessionsAttended>350</SessionsAttended></YearData></Attendance>"
    )
    for inside in ("<Gender>F</Gender>", f"<Sex>F</Sex>{attendance}"):
        for name in ("CTfile", "c:CTfile"):
            xml = f"<{name}><CTFpupilData><Pupil>{pupil}{inside}</Pupil></CTFpupilData></{name}>"
            roll = read_file(xml.encode())
            assert isinstance(roll, RollFile)
            assert roll.rows[0].forename == "Isla"
            expected = (380, 350) if attendance in inside else None
            assert roll.rows[0].attendance == expected


def test_progress_is_told_and_ends_with_all():
    steps = []
    read_file((SAMPLES / "roll.csv").read_bytes(), progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (40, 40)


def test_a_file_of_headings_alone_is_refused():
    with pytest.raises(Refused, match="no pupils"):
        read_file(b"UPN,Surname,Forename,DOB\r\n")
