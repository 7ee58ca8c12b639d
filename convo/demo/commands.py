"""``convo demo``: the fictional school in an embedded database, made once, its sign-ins printed, served."""

import os
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from convo import migrations
from convo.access.models import Person, School
from convo.command_line import is_set_up
from convo.conversation.guide import load_guide
from convo.db import Database
from convo.demo.school import FOUNDED_BEFORE, PASSWORD, make_school, sign_ins
from convo.kernel.clock import local_day, utc_now
from convo.kernel.errors import Refused
from convo.serve import must_be_free, run
from convo.settings import Settings, load_settings

ZONE = "Europe/London"
HOST = "127.0.0.1"  # the password is printed for all to see: nobody else on the network may come in


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Port to listen at."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the demo. Default: CONVO_DATA, else convo-demo here.",
)
@click.option("--no-serve", is_flag=True, help="Make the school and print its sign-ins, no more.")
def demo(port: int, data: Path | None, no_serve: bool) -> None:
    """Make a fictional school and serve it on this machine. Doing it again changes nothing in it."""
    settings = demo_settings(data or Path(os.environ.get("CONVO_DATA", "convo-demo")))
    if not no_serve:
        must_be_free(HOST, port)
    school, made_at = open_school(settings)
    click.echo(f"{school} is a fictional school, kept in {settings.data}.\n")
    listed = sign_ins()
    widest = [max(len(cell) for cell in column) for column in zip(*listed, strict=True)]
    for person in listed:
        click.echo("  " + "  ".join(cell.ljust(width) for cell, width in zip(person, widest, strict=True)))
    click.echo(f"\n  The password of all of them is: {PASSWORD}\n")
    made_on = local_day(made_at, ZONE)
    if made_on != local_day(utc_now(), ZONE):
        click.echo(
            f"It was made on {made_on.day} {made_on:%B %Y}, and its “today” is that day. Delete the folder"
            " for a school of today.\n"
        )
    if no_serve:
        return
    click.echo(f"Open http://{HOST}:{port}/ in a browser. Ctrl-C stops it.")
    run(settings, HOST, port)


def demo_settings(folder: Path) -> Settings:
    """Return the settings of a demo: its own SQLite file whatever the environment says, and no https."""
    database_url = f"sqlite:///{folder.resolve() / 'convo.db'}"
    return load_settings(data=folder, database_url=database_url, secure_cookies=False, demo=True)


def open_school(settings: Settings) -> tuple[str, datetime]:
    """Make the fictional school unless it is there already; return its name and when it was made.

    It is made in one transaction: a first run that was broken off leaves no half of a school. Raises Refused
    for the folder of another school, and leaves that as it was.
    """
    url = settings.resolved_database_url
    database = Database(url)
    try:
        is_there = is_set_up(settings, database)
        if is_there and not _is_ours(database):
            raise Refused(
                f"{settings.data} holds a school that is not the fictional one."
                " Choose another folder with --data."
            )
        migrations.upgrade(url)
        if not is_there:
            click.echo("Making the school. This takes some seconds.")
            with database.write() as session:
                make_school(session, utc_now(), load_guide(settings.guides))
        with database.reading() as session:
            name, founded_at = session.execute(select(School.name, School.created_at)).one()
            return name, founded_at + FOUNDED_BEFORE
    finally:
        database.dispose()


def _is_ours(database: Database) -> bool:
    emails = [person.email for person in sign_ins()]
    with database.reading() as session:
        return session.scalar(select(Person.id).where(Person.email.in_(emails)).limit(1)) is not None
