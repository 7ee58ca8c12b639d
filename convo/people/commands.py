"""The ``convo import`` command."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from convo.access.models import Membership, Person
from convo.access.rules import Actor, Role
from convo.command_line import data_option, open_database, school_named, school_option
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused
from convo.people.reading import NeedsHeadings, RollFile, StaffFile, label
from convo.people.reading.headings import CONTACT_FIELDS, ROLL_HEADINGS, STAFF_HEADINGS
from convo.people.reading.roll import Progress
from convo.people.roll import (
    RollOutcome,
    RollPreview,
    StaffOutcome,
    StaffPreview,
    apply_roll,
    apply_staff,
    preview_roll,
    preview_staff,
    read_import,
)
from convo.people.roll.upload import explain_headings

_FIELDS = (*ROLL_HEADINGS, *CONTACT_FIELDS, *STAFF_HEADINGS)


def _answers(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    answers = {}
    for text in given:
        heading, equals, field = text.rpartition("=")
        if not equals or not heading.strip():
            raise click.BadParameter(f"{text!r} is not HEADING=FIELD, such as 'Unsere Spalte=surname'.")
        if field.strip() and field.strip() not in _FIELDS:
            names = ", ".join((*ROLL_HEADINGS, *STAFF_HEADINGS))
            raise click.BadParameter(
                f"There is no field {field.strip()!r}. There are: {names}, contact_1_email and its like."
            )
        answers[heading.strip()] = field.strip()
    return answers


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what the file would do, and do nothing.")
@click.option("--accept-good", is_flag=True, help="Bring in the good rows where others are refused.")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, for scripts.")
@click.option(
    "--heading",
    "headings",
    multiple=True,
    metavar="HEADING=FIELD",
    callback=_answers,
    help="What a heading of this file means, such as 'Unsere Spalte=surname'; with nothing after the = the "
    "column is left out. May be given several times, and is remembered.",
)
@data_option
@school_option
def import_file(
    file: Path,
    dry_run: bool,
    accept_good: bool,
    as_json: bool,
    headings: dict[str, str],
    data: Path | None,
    school: str | None,
) -> None:
    """Bring in FILE: a roll (CSV, XLSX or CTF) or a list of staff (CSV, XLSX), told apart by content.

    Either all of the file comes in or, when a row is refused, nothing, and the command ends with 1; with
    --accept-good the good rows come in. Nobody is ever removed: who is missing from the file is counted.

    The JSON is {"new", "changed", "unchanged", "missing", "refused": [{"row", "field", "reason"}]}. When
    nothing was brought in because of refused rows, or with --dry-run, its numbers say what would be.
    """
    shows_progress = not as_json and sys.stderr.isatty()
    with open_database(data) as opened:
        limit = opened.settings.upload_megabytes
        actor = _data_manager(opened.database, school_named(opened.database, school))
        with opened.database.reading() as session, _bar("Reading", shows_progress) as progress:
            content = _content(file, limit)
            read = read_import(
                session, actor, content, headings=headings, limit_megabytes=limit, progress=progress
            )
        if isinstance(read, NeedsHeadings):
            raise Refused(_unknown(read))
        if dry_run:
            with opened.database.reading() as session:
                preview = _preview(session, actor, read)
            applied = False
        else:
            with opened.database.write() as session, _bar("Bringing in", shows_progress) as progress:
                explain_headings(session, actor, headings)
                outcome = _apply(session, actor, read, accept_good, progress)
            preview, applied = outcome.preview, outcome.applied
    if as_json:
        _tell_json(preview)
    else:
        _tell(preview, applied)
    stopped = preview.refused and not accept_good
    if stopped:
        click.echo(_sentence(preview, dry_run), err=True)
    if not as_json:
        for refusal in preview.refused:
            click.echo(f"Row {refusal.row}, {refusal.field}: {refusal.reason}", err=True)
    if stopped:
        sys.exit(1)


def _content(file: Path, limit_megabytes: int) -> bytes:
    """Return a file's bytes, and of one that is too large only enough to refuse it."""
    with file.open("rb") as opened:
        return opened.read(limit_megabytes * 1_000_000 + 1)


def _data_manager(database: Database, school_id: UUID) -> Actor:
    """Return the first data manager of a school, in whose name the command line works."""
    with database.reading() as session:
        rows = session.execute(
            select(Person.id, Person.name, Membership.role)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.school_id == school_id, Membership.left_at.is_(None))
            .order_by(Person.created_at, Person.id)
        ).all()
    for row in rows:
        if row.role is Role.DATA_MANAGER:
            roles = frozenset(other.role for other in rows if other.id == row.id)
            return Actor(row.id, row.name, school_id, roles)
    raise Refused("This school has no data manager. Give somebody that role first.")


def _preview(session: Session, actor: Actor, read: RollFile | StaffFile) -> RollPreview | StaffPreview:
    if isinstance(read, RollFile):
        return preview_roll(session, actor, utc_now(), read)
    return preview_staff(session, actor, read)


def _apply(
    session: Session, actor: Actor, read: RollFile | StaffFile, accept_good: bool, progress: Progress | None
) -> RollOutcome | StaffOutcome:
    now, note = utc_now(), "command line"
    if isinstance(read, RollFile):
        return apply_roll(session, actor, now, read, accept_good=accept_good, note=note, progress=progress)
    return apply_staff(session, actor, now, read, accept_good=accept_good, note=note)


@contextmanager
def _bar(what: str, shown: bool) -> Iterator[Progress | None]:
    """Show how far the work has come, on standard error; yields None where nobody watches."""
    if not shown:
        yield None
        return
    with click.progressbar(length=100, label=what, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(done * 100 // max(total, 1) - bar.pos)


def _unknown(needs: NeedsHeadings) -> str:
    named = ", ".join(
        f"“{unknown.heading}” (such as {unknown.samples[0]})" if unknown.samples else f"“{unknown.heading}”"
        for unknown in needs.unknown
    )
    fields = ", ".join(needs.fields)
    wanted = " and ".join(label(field) for field in needs.required)
    return (
        f"convo does not know these headings: {named}. Say what each means with --heading 'HEADING=FIELD', "
        f"or leave it out with --heading 'HEADING='. Fields: {fields}."
        + (f" Without {wanted} the file cannot be read." if wanted else "")
    )


def _sentence(preview: RollPreview | StaffPreview, dry_run: bool) -> str:
    rows = preview.counts["refused"]
    what = "One row is" if rows == 1 else f"{rows} rows are"
    begin = "Nothing would be brought in" if dry_run else "Nothing was brought in"
    return f"{begin}: {what} refused. Correct them, or use --accept-good to bring in the others."


def _tell_json(preview: RollPreview | StaffPreview) -> None:
    told: Mapping[str, object] = {
        **preview.counts,
        "refused": [refusal._asdict() for refusal in preview.refused],
    }
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _tell(preview: RollPreview | StaffPreview, applied: bool) -> None:
    for name, count in preview.counts.items():
        click.echo(f"{name.capitalize() + ':':<11}{count:>6}")
    for note in preview.notes:
        click.echo(note)
    if not applied:
        return
    if isinstance(preview, StaffPreview) and preview.new:
        click.echo("Make each new person a password link on the page Staff.")
    elif isinstance(preview, RollPreview) and preview.questions:
        click.echo("Some contacts differ from what convo holds. Answer the questions on the page Import.")
