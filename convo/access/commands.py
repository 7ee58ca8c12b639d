"""Commands of the access room: ``convo init``, ``convo upgrade`` and ``convo audit verify``."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy import func, select

from convo import migrations
from convo.access import audit
from convo.access.models import AuditEntry
from convo.access.operations import found_school
from convo.access.rules import clean_email, fit_password
from convo.command_line import data_option, is_set_up, open_database, school_named, school_option
from convo.db import Database
from convo.kernel.clock import utc_now
from convo.kernel.errors import Refused
from convo.settings import load_settings


@click.command()
@data_option
@click.option("--school", metavar="NAME", help="Name of the school. Asked for when left out.")
@click.option("--name", metavar="NAME", help="Name of the first person, who looks after convo.")
@click.option("--email", metavar="ADDRESS", help="The e-mail address that this person signs in with.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File whose first line is the password. Asked for when left out.",
)
def init(
    data: Path | None, school: str | None, name: str | None, email: str | None, password_file: Path | None
) -> None:
    """Set up the database, a school, and the first person, who is its data manager and SENCO."""
    settings = load_settings(data=data)
    database = Database(settings.resolved_database_url)
    try:
        if is_set_up(settings, database):
            raise Refused("There is a school here already. Nothing was changed.")
        school = school or click.prompt("Name of the school")
        name = name or click.prompt("Your name, as families know it")
        email = email or click.prompt("Your e-mail address", value_proc=_or_again(clean_email))
        if password_file is not None:
            password = (password_file.read_text("utf-8").splitlines() or [""])[0]
        else:
            password = click.prompt(
                "A password of 12 characters or more",
                hide_input=True,
                confirmation_prompt="The same again",
                value_proc=_or_again(fit_password, email, name, school),
            )
        migrations.upgrade(settings.resolved_database_url)
        with database.write() as session:
            found_school(session, utc_now(), school=school, name=name, email=email, password=password)
    finally:
        database.dispose()
    start = "convo serve" if data is None else f"convo serve --data {shlex.quote(str(data))}"
    click.echo(f"{school} is set up in {settings.data}. Start it with {start}, and sign in as {email}.")


def _or_again(check: Callable[..., str], *known: str) -> Callable[[str], str]:
    """Return what a prompt does with an answer: it takes it, or says what is wrong and asks once more."""

    def taken(typed: str) -> str:
        try:
            return check(typed, *known)
        except Refused as error:
            raise click.UsageError(str(error)) from error

    return taken


@click.command()
@data_option
def upgrade(data: Path | None) -> None:
    """Bring the database to this version of convo. Make a backup first: there is no other way back."""
    with open_database(data, any_version=True) as opened:
        url = opened.settings.resolved_database_url
    before = migrations.current(url)
    if before == migrations.head():
        click.echo(f"The database is at version {before} already. Nothing was changed.")
        return
    migrations.upgrade(url)
    click.echo(f"The database was at version {before} and is now at {migrations.current(url)}.")


@click.group(name="audit")
def audit_group() -> None:
    """The trail of who did what."""


@audit_group.command()
@data_option
@school_option
def verify(data: Path | None, school: str | None) -> None:
    """Check that no entry of the trail was changed, taken out or put in. Exit 1 when one was."""
    with open_database(data) as opened:
        school_id = school_named(opened.database, school)
        with opened.database.reading() as session:
            problems = audit.verify(session, school_id)
            count = session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.school_id == school_id)
            )
            last = session.scalar(
                select(AuditEntry.hash)
                .where(AuditEntry.school_id == school_id)
                .order_by(AuditEntry.number.desc())
                .limit(1)
            )
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo(f"The trail is whole: {count} entries, the last with the hash {last}.")
