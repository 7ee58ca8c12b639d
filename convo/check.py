"""``convo check``: whether an installation is as it should be, one line for each part."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click

from convo import migrations
from convo.command_line import data_option, is_set_up
from convo.conversation.guide import guide_problems, load_guide
from convo.db import Database
from convo.hour.handbook import handbook_folder, handbook_problems, help_pages
from convo.kernel.errors import WrongSetup
from convo.language.catalogue import completeness, translated_tags
from convo.language.extract import problems as catalogue_problems
from convo.language.tags import language
from convo.settings import Settings, load_settings


class Found(NamedTuple):
    """What looking at one part said: a line about it, and what is wrong, one sentence each."""

    line: str
    wrong: list[str]


@click.command()
@data_option
def check(data: Path | None) -> None:
    """Check settings, database, guide, handbook and translations. Exit 1 when something is wrong."""
    try:
        settings = load_settings(data=data)
    except WrongSetup as error:
        _tell("Settings", Found("", [error.message]))
        sys.exit(1)
    _tell("Settings", Found(f"data in {settings.data}", []))
    found = [_tell(part, _looked(look, settings)) for part, look in _PARTS.items()]
    if any(found):
        sys.exit(1)


def _tell(part: str, found: Found) -> bool:
    """Print what was found of one part; return whether something is wrong."""
    for sentence in found.wrong:
        click.echo(f"{part + ':':<14}{sentence}", err=True)
    if not found.wrong:
        click.echo(f"{part + ':':<14}{found.line}")
    return bool(found.wrong)


def _looked(look: Callable[[Settings], Found], settings: Settings) -> Found:
    try:
        return look(settings)
    except WrongSetup as error:
        return Found("", [error.message])


def _database(settings: Settings) -> Found:
    url = settings.resolved_database_url
    database = Database(url)
    try:
        kind = database.engine.dialect.name
        if not is_set_up(settings, database):
            return Found("", [f"there is no school in {settings.data} yet. Run convo init."])
    finally:
        database.dispose()
    version = migrations.current(url)
    if version != migrations.head():
        return Found("", [f"is at version {version}. Make a backup, then run convo upgrade."])
    return Found(f"{kind}, at version {version}", [])


def _guide(settings: Settings) -> Found:
    wrong = guide_problems(settings.guides)
    return Found("" if wrong else f"{settings.guides}, version {load_guide(settings.guides).version}", wrong)


def _handbook(settings: Settings) -> Found:
    folder = handbook_folder(settings.guides)
    return Found(f"{folder}, {len(help_pages(folder))} pages", handbook_problems(folder))


def _translations(_settings: Settings) -> Found:
    shares = (
        f"{language(tag.replace('_', '-')).name} {completeness(tag).complete:.0%}"
        for tag in translated_tags()
    )
    return Found(", ".join(shares), catalogue_problems())


_PARTS: dict[str, Callable[[Settings], Found]] = {
    "Database": _database,
    "Guide": _guide,
    "Handbook": _handbook,
    "Translations": _translations,
}
