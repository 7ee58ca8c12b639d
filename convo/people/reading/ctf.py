"""CTF: the DfE's Common Transfer File, versions 15 to 25, as a table. Only what is named here is read.

A pupil's and a contact's ``Address`` stand nowhere in ``_KNOWN``: the parser passes over them.
"""

from collections.abc import Iterable
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, ErrorHandler

from defusedxml.common import DefusedXmlException
from defusedxml.sax import parseString

from convo.kernel.errors import Refused
from convo.people.reading.headings import CONTACT_FIELDS
from convo.people.reading.rows import Table

# An element is a dict of its children; a leaf names the value; "*" names a group that may come repeatedly.
_KNOWN: dict[str, Any] = {
    "CTfile": {
        "CTFpupilData": {
            "Pupil": {
                "UPN": "upn",
                "Surname": "surname",
                "Forename": "forename",
                "DOB": "born_on",
                "BasicDetails": {
                    "NCyearActual": "year_group",
                    "PreferredForename": "preferred_forename",
                    "Languages": {"Type": {"*": "language", "LanguageType": "type", "Language": "code"}},
                },
                "SENhistory": {
                    "SEN": {"*": "sen", "StartDate": "start", "SENprovision": "provision"},
                    "SENneeds": {"SENneed": {"*": "need", "SENtypeRank": "rank", "SENtype": "type"}},
                },
                "Contacts": {
                    "Contact": {
                        "*": "contact",
                        "Order": "order",
                        "Title": "title",
                        "Surname": "surname",
                        "Forename": "forename",
                        "Relationship": "relationship",
                        "Responsibility": "parental_responsibility",
                        "Email": "email",
                    }
                },
                "Attendance": {
                    "YearData": {
                        "*": "attendance",
                        "Year": "year",
                        "SessionsPossible": "possible",
                        "SessionsAttended": "attended",
                    }
                },
            }
        }
    }
}
_HEADINGS = (
    "upn",
    "surname",
    "forename",
    "preferred_forename",
    "born_on",
    "year_group",
    "home_language",
    "sen_provision",
    "sen_need",
    "sessions_possible",
    "sessions_attended",
    *CONTACT_FIELDS,
)

Group = dict[str, str]


class _Pupil:
    """What the file says of one pupil: single values, and groups by name in the file's order."""

    def __init__(self) -> None:
        self.values: Group = {}
        self.groups: dict[str, list[Group]] = {}


class _Handler(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.pupils: list[_Pupil] = []
        self.path: list[dict[str, Any]] = [_KNOWN]
        self.skipped = 0
        self.leaf: str | None = None
        self.text: list[str] = []
        self.pupil = _Pupil()
        self.group: Group = {}

    def startElement(self, name: str, _attrs: object) -> None:  # noqa: N802 - the name that SAX calls
        if self.skipped or self.leaf is not None:
            self.skipped += 1
            return
        name = name.rpartition(":")[2]
        child = self.path[-1].get(name)
        if child is None:
            if len(self.path) == 1:
                raise Refused("This XML file is not a CTF. Choose the roll as CSV, XLSX or CTF.")
            self.skipped = 1
        elif isinstance(child, str):
            self.leaf = child
            self.text = []
        else:
            if name == "Pupil":
                self.pupil = _Pupil()
                self.pupils.append(self.pupil)
                self.group = self.pupil.values
            elif "*" in child:
                self.group = {}
                self.pupil.groups.setdefault(child["*"], []).append(self.group)
            self.path.append(child)

    def endElement(self, _name: str) -> None:  # noqa: N802 - the name that SAX calls
        if self.skipped:
            self.skipped -= 1
        elif self.leaf is not None:
            self.group[self.leaf] = "".join(self.text).strip()
            self.leaf = None
        elif "*" in self.path.pop():
            self.group = self.pupil.values

    def characters(self, content: str) -> None:
        if self.leaf is not None and not self.skipped:
            self.text.append(content)


def read_ctf(content: bytes) -> Table:
    """Return the pupils of a CTF, numbered from 1; a block that the file lacks gives None."""
    handler = _Handler()
    try:
        # A CTF has no document type, and with none there are no entities to expand or to fetch.
        parseString(content, handler, ErrorHandler(), forbid_dtd=True)
    except DefusedXmlException:
        raise Refused("This XML file declares a document type, which no CTF does: it was not read.") from None
    except (SAXException, ValueError, LookupError):
        raise Refused("This XML file is damaged. Export the CTF again.") from None
    if not handler.pupils:
        raise Refused("This CTF holds no pupils. Export it again with the pupils chosen.")
    rows = [tuple(map(_fields(pupil).get, _HEADINGS)) for pupil in handler.pupils]
    return Table(_HEADINGS, rows, list(range(1, len(rows) + 1)), ())


def _fields(pupil: _Pupil) -> Group:
    fields = dict(pupil.values)
    groups = pupil.groups
    languages = {group.get("type", ""): group.get("code", "") for group in groups.get("language", ())}
    # F is the first language, H the one spoken at home; older files name no type.
    for kind in ("F", "H", ""):
        if code := languages.get(kind):
            fields["home_language"] = code
            break
    if provisions := [group for group in groups.get("sen", ()) if group.get("provision")]:
        fields["sen_provision"] = max(provisions, key=lambda group: group.get("start", ""))["provision"]
    if needs := [group for group in groups.get("need", ()) if group.get("type")]:
        fields["sen_need"] = min(needs, key=lambda group: _number(group.get("rank"), 99))["type"]
    fields.update(_attendance(groups.get("attendance", ())))
    for order, contact in enumerate(_in_order(groups.get("contact", ())), start=1):
        fields.update({f"contact_{order}_{part}": text for part, text in contact.items() if part != "order"})
    return fields


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _in_order(contacts: Iterable[Group]) -> list[Group]:
    return sorted(contacts, key=lambda contact: _number(contact.get("order"), 99))


def _attendance(years: Iterable[Group]) -> Group:
    """Return the sessions of the latest year; a pupil who moved has that year once for each school."""
    counted = [
        (_number(year.get("year"), 0), _number(year.get("possible"), -1), _number(year.get("attended"), -1))
        for year in years
    ]
    good = [year for year in counted if year[1] >= 0 and year[2] >= 0]
    if not good:
        return {}
    latest = [year for year in good if year[0] == max(good)[0]]
    return {
        "sessions_possible": str(sum(year[1] for year in latest)),
        "sessions_attended": str(sum(year[2] for year in latest)),
    }
