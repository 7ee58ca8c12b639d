"""The ``convo conversations`` command."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from convo.access.models import School
from convo.access.rules import Act
from convo.command_line import data_option, open_database, record_reading, school_named, school_option
from convo.conversation.models import Conversation
from convo.conversation.queries import all_conversations, carers_by_id
from convo.kernel.clock import local
from convo.kernel.school_year import school_year_label
from convo.people.models import Carer


@click.command()
@data_option
@school_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
def conversations(data: Path | None, school: str | None, as_json: bool) -> None:
    """List every conversation: planned, open, closed and not held."""
    with open_database(data) as opened, opened.database.reading() as session:
        school_id = school_named(opened.database, school)
        record_reading(opened, school_id, Act.DOWNLOAD, "list of conversations")
        found = all_conversations(session, school_id)
        asked = (person.carer_id for meeting in found for person in meeting.participants)
        carers = carers_by_id(session, filter(None, asked))
        if as_json:
            click.echo(json.dumps([as_listed(meeting, carers) for meeting in found], indent=2))
            return
        zone = session.get_one(School, school_id).time_zone
        for meeting in found:
            when = f"{local(meeting.starts_at, zone):%d %B %Y %H:%M}"
            year = school_year_label(meeting.school_year)
            click.echo(
                f"{meeting.id}  {when}  {year} {meeting.round}  {meeting.state.value}"
                f"  {meeting.pupil.full_name}"
            )


def as_listed(meeting: Conversation, carers: Mapping[UUID, Carer]) -> dict[str, Any]:
    """Return a meeting as scripts read it (DESIGN §9).

    What a carer reads is what was said of it in the meeting, else what is known of the carer.
    """
    return {
        "id": str(meeting.id),
        "pupil": meeting.pupil.full_name,
        "school_year": meeting.school_year,
        "round": meeting.round,
        "state": meeting.state.value,
        "stage": meeting.stage.value,
        "starts_at": meeting.starts_at.isoformat(),
        "carers": [
            {"id": str(person.carer_id), "reads": person.reads or carers[person.carer_id].reads}
            for person in meeting.participants
            if person.carer_id and not person.removed
        ],
    }
