"""Commands of the summary room: ``convo summary``, ``summaries``, ``verify`` and ``languages``."""

import json
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

import click
from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

import convo
from convo.access.models import School
from convo.access.rules import Act
from convo.command_line import (
    data_option,
    open_database,
    record_reading,
    record_readings,
    school_named,
    school_option,
    stoppable,
)
from convo.conversation.models import Conversation
from convo.conversation.rules import ParticipantKind
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused
from convo.kernel.ids import parse_id
from convo.language.catalogue import completeness, template_texts
from convo.language.tags import LANGUAGES, find_language, language
from convo.summary.build import content_for, record_for
from convo.summary.bundle import Bundled, write_copies
from convo.summary.checking import LIMIT, find_copy, known_of, not_ours
from convo.summary.content import Layout, SummaryContent
from convo.summary.models import Issue
from convo.summary.page import page_content
from convo.summary.queries import content_of, document_of, issue_ids, issues_of, waiting_ids
from convo.summary.record import load_record
from convo.summary.word import write_word

_STATIC = Path(convo.__file__).parent / "static"
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("conversation")
@click.option("--language", "tag", metavar="TAG", help="Language beside English. Default: what they read.")
@click.option("--carer", metavar="ID", help="Whose copy, where the conversation has several carers.")
@click.option("--layout", type=click.Choice(list(get_args(Layout))), help="Default: the one that suits them.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["docx", "html"]),
    default="docx",
    show_default=True,
    help="Word file or web page.",
)
@click.option("--issue", type=click.IntRange(min=1), metavar="N", help="Copy N as it was given out.")
@click.option("--out", type=_FILE, required=True, metavar="FILE", help="Where to write it.")
@data_option
@school_option
def summary(
    conversation: str,
    tag: str | None,
    carer: str | None,
    layout: Layout | None,
    kind: str,
    issue: int | None,
    out: Path,
    data: Path | None,
    school: str | None,
) -> None:
    """Write one carer's copy of CONVERSATION: as it stands now, or as it was given out.

    The layout "record" is the school's own copy, of no carer.
    """
    if layout == "record" and (tag or carer or issue is not None):
        raise click.UsageError("The school's own copy is in English and no carer's. Leave the others out.")
    with open_database(data) as opened, opened.database.reading() as session:
        school_id = school_named(opened.database, school)
        meeting = _meeting(session, school_id, conversation)
        if layout == "record":
            record = record_for(session, session.get_one(School, school_id), meeting, utc_now())
            record_reading(opened, school_id, Act.DOWNLOAD, "summary", meeting.id, meeting.pupil_id)
            _write(out, write_word(record) if kind == "docx" else _page(record))
            click.echo(f"{out}: the school's own copy about {record.child}.")
            return
        carer_id = _carer(session, meeting, carer)
        if issue is not None:
            if tag or layout:
                raise click.UsageError("A copy given out has its language and layout. Leave them out.")
            found = _issue(session, meeting, carer_id, issue)
            content = content_of(session, found.id)
            file = document_of(session, found.id) if kind == "docx" else _page(content)
            taken: tuple[str, UUID] = ("issue", found.id)
        else:
            content = content_for(
                session,
                session.get_one(School, school_id),
                meeting,
                carer_id,
                language=_tag(tag),
                layout=layout,
                now=utc_now(),
            )
            file = write_word(content) if kind == "docx" else _page(content)
            taken = ("summary", meeting.id)
        record_reading(opened, school_id, Act.DOWNLOAD, *taken, meeting.pupil_id)
    _write(out, file)
    click.echo(f"{out}: copy {content.version} for {content.addressed} in {language(content.tag).name}.")


@click.command()
@click.option("--all", "every", is_flag=True, help="Also those that were withdrawn or replaced.")
@click.option("--print-list", is_flag=True, help="Those that wait to be printed, in a folder for each class.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder to write them into.",
)
@data_option
@school_option
def summaries(every: bool, print_list: bool, out: Path, data: Path | None, school: str | None) -> None:
    """Write the Word files of what was given out into a folder: each carer's newest, or all.

    It can be stopped with Ctrl-C and called again: what is there already is not written again.
    """
    if every and print_list:
        raise click.UsageError("Choose --all or --print-list.")
    with open_database(data) as opened, opened.database.reading() as session:
        school_id = school_named(opened.database, school)
        wanted = (
            waiting_ids(session, school_id)
            if print_list
            else issue_ids(session, school_id, newest_only=not every)
        )

        def place(copy: Bundled) -> Path:
            folder = out / copy.group if print_list else out
            folder.mkdir(parents=True, exist_ok=True)
            return folder / copy.name

        def taken(copies: Sequence[Bundled]) -> None:
            pupils = [("issue", copy.issue_id, copy.pupil_id) for copy in copies]
            record_readings(opened, school_id, Act.DOWNLOAD, pupils)

        there = written = 0
        try:
            out.mkdir(parents=True, exist_ok=True)
            # Where standard error is no terminal, the bar is its label, once.
            bar = click.progressbar(length=len(wanted), label="Copies", file=sys.stderr)
            with stoppable() as asked, bar:
                for done in write_copies(session, wanted, place, taken):
                    there, written = there + done.there, written + done.written
                    bar.update(done.there)
                    if asked() and there < len(wanted):
                        raise Refused("Stopped.")
        except (OSError, Refused) as error:
            said = error.message if isinstance(error, Refused) else _cannot(error)
            number = f"{there} of {_copies(len(wanted))}"
            raise Refused(f"{said} {number} are in {out}. Call it again to go on.") from None
    old = f" {there - written} of them were there already." if there > written else ""
    click.echo(f"{_copies(there)} in {out}.{old}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@school_option
def verify(file: Path, data: Path | None, school: str | None) -> None:
    """Say whether FILE is, to the byte, a copy that this school gave out, and which. Exit 1 if not."""
    with open_database(data) as opened, opened.database.reading() as session:
        at = session.get_one(School, school_named(opened.database, school))
        with file.open("rb") as stream:
            found = find_copy(session, at, stream.read(LIMIT + 1))
        if found is None:
            raise Refused(not_ours(file.name))
        record_reading(opened, at.id, Act.LOOK, "issue", found.issue.id, found.meeting.pupil_id)
        known = known_of(session, at, found, file.name)
        click.echo(known.sentence)
        for label, lines in known.facts:
            for line in lines:
                click.echo(f"{label}: {line}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
@data_option
def languages(as_json: bool, data: Path | None) -> None:
    """List the languages that a copy can be in, and how much of the fixed words each has."""
    del data  # the fixed words are those of every school; a script may give --data to every command
    rows = [_listed(tag) for tag in LANGUAGES]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    click.echo(f"{len(template_texts())} fixed texts; what has no translation stands in English.")
    for row in rows:
        done = f"{row['complete']:4.0%} translated, {row['checked']:4.0%} checked"
        click.echo(f"{row['tag']:8} {row['name']:32} {done}")


def _listed(tag: str) -> dict[str, Any]:
    known, done = language(tag), completeness(tag)
    return {
        "tag": tag,
        "name": known.name,
        "own_name": known.own_name,
        "direction": known.direction,
        "complete": round(done.complete, 3),
        "checked": round(done.checked, 3),
    }


def _meeting(session: Session, school_id: UUID, written: str) -> Conversation:
    identifier = parse_id(written)
    found = (
        session.scalar(
            select(Conversation).where(Conversation.id == identifier, Conversation.school_id == school_id)
        )
        if identifier
        else None
    )
    if found is None:
        raise Refused(f"There is no conversation {written}. convo conversations lists them.")
    return found


def _carer(session: Session, meeting: Conversation, written: str | None) -> UUID:
    """Return whose copy is meant: the one named, else the only carer who was there or gets a copy."""
    record = load_record(session, meeting)
    linked = {link.carer_id: link.carer.full_name for link in record.links}
    if written is not None:
        identifier = parse_id(written)
        if identifier not in linked:
            raise Refused(f"{written} is not a carer of this pupil. {_choose(linked)}")
        return identifier
    asked = {
        person.carer_id
        for person in record.participants
        if person.kind is ParticipantKind.CARER and person.carer_id in linked
    }
    there = {carer_id: linked[carer_id] for carer_id in asked if carer_id is not None} or linked
    if len(there) != 1:
        raise Refused(f"Say whose copy with --carer. {_choose(there)}")
    return next(iter(there))


def _choose(carers: dict[UUID, str]) -> str:
    listed = "; ".join(f"{name}: {identifier}" for identifier, name in carers.items())
    return f"There are {listed}." if listed else "No carer is linked to this pupil."


def _issue(session: Session, meeting: Conversation, carer_id: UUID, number: int) -> Issue:
    mine = [issue for issue in issues_of(session, meeting.id) if issue.carer_id == carer_id]
    found = next((issue for issue in mine if issue.number == number), None)
    if found is None:
        have = "no copy yet" if not mine else f"copies 1 to {mine[-1].number}"
        raise Refused(f"There is no copy {number}: this carer has {have}.")
    return found


def _tag(written: str | None) -> str | None:
    if written is None:
        return None
    found = find_language(written)
    return found.tag if found else language(written).tag


def _page(content: SummaryContent) -> bytes:
    templates = Environment(
        loader=PackageLoader("convo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    body = templates.get_template("summary/_content.html").render(summary=page_content(content))
    # The file stands alone: it brings its style sheets, which hold no addresses.
    styles = "\n".join(
        (_STATIC / name).read_text("utf-8")
        for name in ("convo.css", "languages.css", "pages.css", "summary.css")
    )
    title = escape(f"{content.words.title.english.text}: {content.child}")
    return (
        f'<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{styles}\n</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f'<div class="sheet">\n{body}\n</div>\n</main>\n</body>\n</html>\n'
    ).encode()


def _copies(number: int) -> str:
    return f"{number} {'copy' if number == 1 else 'copies'}"


def _write(path: Path, file: bytes) -> None:
    try:
        path.write_bytes(file)
    except OSError as error:
        raise Refused(_cannot(error)) from None


def _cannot(error: OSError) -> str:
    return f"{error.filename} cannot be written: {error.strerror}."
