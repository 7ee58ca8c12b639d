"""Files of every kind: told apart by content, explained once, refused in one sentence."""

import csv
import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from convo.kernel.errors import Refused
from convo.people.reading import NeedsHeadings, RollFile, StaffFile, UnknownHeading, read_file

SAMPLES = Path(__file__).parent / "samples"
ROLL = (SAMPLES / "roll.csv").read_bytes()
CTF = (SAMPLES / "roll.ctf.xml").read_bytes()


def workbook(*rows: tuple[object, ...], title: str = "Roll") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def refusal_of(content: bytes, **options: int) -> str:
    with pytest.raises(Refused) as caught:
        read_file(content, **options)
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_same_roll_is_read_from_every_encoding_and_delimiter(encoding: str, delimiter: str):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(csv.reader(ROLL.decode("utf-8-sig").splitlines()))
    assert read_file(text.getvalue().encode(encoding)) == read_file(ROLL)


def test_windows_1252_is_read_where_utf_8_is_not():
    text = "UPN;Surname;Forename;DOB\r\nW873293122000;Nuñez;José – Ángel;31/07/2019\r\n"
    roll = read_file(text.encode("cp1252"))
    assert isinstance(roll, RollFile)
    assert (roll.rows[0].surname, roll.rows[0].forename) == ("Nuñez", "José – Ángel")


def test_a_workbook_holds_real_dates_numbers_and_short_rows():
    content = workbook(
        ("Pupils of Fenmarket Primary School",),
        ("UPN", "Surname", "Forename", "Date of Birth", "Year Group", "FSM", "Registration Group"),
        ("W873293122000", "Smith", "Isla", date(2019, 7, 31), 3, True, "3Oak"),
        ("K873259614001", "Wright", "Amber", datetime(2022, 6, 10), "Reception"),  # noqa: DTZ001
        ("T873219219002", "Brown", "Grace", "02/04/2020", 2.0),
    )
    roll = read_file(content)
    assert isinstance(roll, RollFile)
    assert roll.refused == ()
    assert [(row.row, row.born_on, row.year_group, row.fsm) for row in roll.rows] == [
        (3, date(2019, 7, 31), 3, True),
        (4, date(2022, 6, 10), 0, None),
        (5, date(2020, 4, 2), 2, None),
    ]


def test_a_staff_list_is_known_by_its_headings():
    staff = read_file((SAMPLES / "staff.csv").read_bytes())
    assert isinstance(staff, StaffFile)
    assert (len(staff.rows), staff.refused) == (19, ())
    by_name = {row.name: row for row in staff.rows}
    assert by_name["Mr Siddiqui"].roles == ("assistant", "teacher")
    assert by_name["Mrs Kaur"].languages == ("pa", "hi")
    assert by_name["Mrs Oyelaran"].roles == ("data manager",)
    assert by_name["Mrs Fox"].class_name == "6Ash"


def test_a_bad_row_of_staff_gets_each_of_its_reasons():
    text = (
        "Name,Email,Roles,Languages\n,a@b.example,king,Klingonish\n"
        "Mr A,x@b.example,SENDCo,\nMr B,X@b.example,teacher,\n"
    )
    staff = read_file(text.encode())
    assert isinstance(staff, StaffFile)
    assert [row.roles for row in staff.rows] == [("senco",)]
    assert [(refusal.row, refusal.field) for refusal in staff.refused] == [
        (2, "Name"),
        (2, "Roles"),
        (2, "Languages"),
        (4, "E-mail"),
    ]


def test_headings_of_other_systems_are_known():
    rows = read_file(
        b"UniquePupilNumber,Last Name,First name,D.O.B.,Reg Form,Parent 1 Email Address,Guardian Surname 1\n"
        b"W873293122000,Smith,Isla,31/07/2019,3Oak,j@s.example,Smith\n"
    ).rows
    assert (rows[0].class_name, rows[0].contacts[0].email) == ("3Oak", "j@s.example")


def test_the_legal_name_counts_before_the_preferred_one():
    text = b"Preferred Surname,UPN,Legal Surname,Forename,DOB\nJones,W873293122000,Smith,Isla,31/07/2019\n"
    assert read_file(text).rows[0].surname == "Smith"


def test_an_unknown_heading_is_asked_once_and_the_answer_taken():
    text = (
        b"LearnerRef,Surname,Forename,DOB,Band,Home Address,Postcode,Where,Empty\n"
        b"W873293122000,Smith,Isla,31/07/2019,Blue,1 Oak Street,ZZ1 1ZZ,ZZ1 1ZZ,\n"
    )
    asked = read_file(text)
    assert isinstance(asked, NeedsHeadings)
    assert asked.kind == "roll"
    assert asked.unknown == (
        UnknownHeading("LearnerRef", ("W873293122000",)),
        UnknownHeading("Band", ("Blue",)),
    )
    assert asked.required == ("upn",)
    assert "class_name" in asked.fields
    roll = read_file(text, headings={"learnerref": "upn", "Band": ""})
    assert isinstance(roll, RollFile)
    assert roll.rows[0].upn == "W873293122000"
    assert "ZZ1" not in repr(roll)


def test_a_missing_column_is_named():
    assert "no column for Date of birth" in refusal_of(b"UPN,Surname,Forename\nW873293122000,Smith,Isla\n")


def test_a_heading_that_stands_twice_is_refused():
    assert "stands twice" in refusal_of(b"UPN,Surname,Surname,Forename,DOB\nW873293122000,a,b,c,31/07/2019\n")


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE CTfile [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<CTfile><CTFpupilData><Pupil><UPN>&b;</UPN></Pupil></CTFpupilData></CTfile>"""
OUTSIDE = b"""<!DOCTYPE CTfile [<!ENTITY x SYSTEM "file:///etc/passwd">]><CTfile>&x;</CTfile>"""


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xef\xbb\xbf \r\n", id="blank"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0", id="picture"),
        pytest.param(b"%PDF-1.7\n", id="pdf"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), id="old excel"),
        pytest.param(bytes(range(256)) * 40, id="bytes"),
        pytest.param(b"UPN,DOB\n" + b"\n" * 200_000, id="empty lines"),
        pytest.param(b"Dear all,\n\nplease find attached.\n", id="letter"),
        pytest.param(b"<html><table><tr><td>UPN</td></tr></table></html>", id="web page"),
        pytest.param(LAUGHS, id="billion laughs"),
        pytest.param(OUTSIDE, id="external entity"),
        pytest.param(b"<CTfile><CTFpupilData>", id="cut ctf"),
        pytest.param(b"<CTfile></CTfile>", id="ctf without pupils"),
        pytest.param(b'<?xml version="1.0" encoding="klingon"?><CTfile/>', id="unknown encoding"),
        pytest.param(zipped({"word/document.xml": b"<w/>"}), id="word"),
        pytest.param(zipped({"xl/workbook.xml": b"<workbook/>"}), id="workbook without sheet"),
        pytest.param(
            zipped({"xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), id="workbook with entity"
        ),
        pytest.param(zipped({"xl/workbook.xml": b"0" * 130_000_000}), id="zip bomb"),
        pytest.param(workbook(()), id="empty sheet"),
        pytest.param(workbook(("a", "b"), (1, 2)), id="another workbook"),
        pytest.param(workbook(("UPN", "DOB"))[:-200], id="cut workbook"),
    ],
)
def test_any_other_file_is_refused_in_one_or_two_short_sentences(content: bytes):
    message = refusal_of(content)
    assert re.fullmatch(r"[A-Z][^\n]{20,180}\.", message)


def test_a_file_beyond_the_limit_is_not_even_looked_at():
    assert "larger than 20 MB" in refusal_of(b"\0" * 50_000_000)
    assert "larger than" in refusal_of(ROLL, limit_bytes=1000)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=200).map(str.encode)))
def test_random_bytes_never_do_more_than_be_refused(content: bytes):
    with pytest.raises(Refused):
        read_file(content)


BOOK = workbook(("UPN", "Surname", "Forename", "DOB"), ("W873293122000", "Smith", "Isla", date(2019, 7, 31)))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_never_breaks(data: st.DataObject):
    content = bytearray(data.draw(st.sampled_from([ROLL, CTF, BOOK])))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(content) - 1))
        end = start + data.draw(st.integers(0, 40))
        content[start:end] = data.draw(st.binary(max_size=40))
    try:
        found = read_file(bytes(content))
    except Refused:
        return
    assert isinstance(found, RollFile | StaffFile | NeedsHeadings)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=24, max_size=24))
def test_whatever_stands_in_the_cells_of_a_row_it_is_read_or_refused_with_a_reason(cells: list[str]):
    heading = ROLL.decode("utf-8-sig").splitlines()[0]
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        roll = read_file(f"{heading}\r\n{row}\r\n".encode("utf-8", "replace"))
    except Refused:
        return
    assert isinstance(roll, RollFile)
    assert roll.rows or all(refusal.reason for refusal in roll.refused)
