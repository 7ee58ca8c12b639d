"""Commands of the followup room: ``convo due``."""

import json
from pathlib import Path

import click

from convo.access.models import School
from convo.access.rules import Act
from convo.command_line import (
    at_the_machine,
    data_option,
    open_database,
    record_reading,
    school_named,
    school_option,
)
from convo.followup import export, queries
from convo.kernel.clock import local_day, utc_now


@click.command()
@data_option
@school_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
def due(data: Path | None, school: str | None, as_json: bool) -> None:
    """Print what is due: open actions, late ones first, and pupils without a conversation in this round."""
    with open_database(data) as opened:
        school_id = school_named(opened.database, school)
        with opened.database.reading() as session:
            zone = session.get_one(School, school_id).time_zone
            found = queries.due(session, at_the_machine(school_id), local_day(utc_now(), zone))
        record_reading(opened, school_id, Act.DOWNLOAD, "what is due", note="whole school")
    if as_json:
        click.echo(json.dumps(export.as_json(found), ensure_ascii=False, indent=2))
    else:
        click.echo(export.as_text(found))
