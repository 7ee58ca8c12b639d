"""What can be wrong with a guide's file, said with the line it stands on (pure)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

from convo.conversation.rules import EntryKind, StageName

STAGE_IDS = tuple(stage.value for stage in StageName if stage is not StageName.SINCE)
"""The four stages of the structured conversation, in their order."""

SINCE_LAST_TIME = "since_last_time"
"""The part of the file that holds the card of that name; its id in a guide is ``StageName.SINCE``."""

YIELDS = frozenset(kind.name.lower() for kind in EntryKind) | {
    "decision",
    "priority",
    "target",
    "action",
    "agreement",
}
"""What a prompt can lead to: the kinds of entry, and what the stages make of them."""

SLOTS = frozenset({"child"})
"""What may stand in braces in words said to the family."""

SHARES_SUM = 60

Path = tuple[str | int, ...]
"""Where a value stands in the file: ``("stage", 0, "prompt", 2, "say")``."""

_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
_PROMPT_ID = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


class Problem(NamedTuple):
    """One thing that is wrong, and its line in the file (counted from 1)."""

    line: int
    reason: str


def problems_in(text: str, content: dict[str, Any]) -> list[Problem]:
    """Return all that is wrong with a guide, in the order of its lines.

    ``text`` is the file as written, where lines are looked up; ``content`` is what TOML reads from it.
    """
    found = _Check(_lines_of(text))
    found.keys(content, (), _TOP)
    for name in _SCRIPTS:
        if isinstance(script := content.get(name), dict):
            found.keys(script, (name,), _SCRIPT)
            _check_said(found, script, (name,))
    since = content.get(SINCE_LAST_TIME)
    if isinstance(since, dict):
        found.keys(since, (SINCE_LAST_TIME,), _PART)
        _check_part(found, since, (SINCE_LAST_TIME,), "since last time")
    stages = content.get("stage")
    if _is_tables(stages):
        _check_stages(found, stages)
        _check_shares(found, stages, since)
    _check_unique_ids(found)
    return sorted(found.problems)


def _lines_of(text: str) -> dict[Path, int]:
    """Return the line of each table and key, by a search that knows headers, keys and long strings.

    Inline tables and quoted keys are not looked into: a problem inside one is reported at the line of
    what holds it.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    inside: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        if inside is None and (header := _HEADER.match(line)):
            table = ()
            *outer, last = header[2].split(".")
            for name in outer:
                table = (*table, name)
                if table in counts:
                    table = (*table, counts[table] - 1)
            table = (*table, last)
            if header[1] == "[[":
                counts[table] = counts.get(table, 0) + 1
                lines.setdefault(table, number)
                table = (*table, counts[table] - 1)
            lines.setdefault(table, number)
        elif inside is None and (key := _KEY.match(line)):
            lines.setdefault((*table, key[1]), number)
        for mark in re.findall(r'"""|\'\'\'', line):
            inside = mark if inside is None else None if inside == mark else inside
    return lines


@dataclass
class _Check:
    """Gathers problems, each at the nearest line that the file has for it."""

    lines: dict[Path, int]
    problems: list[Problem] = field(default_factory=list)
    prompt_ids: list[tuple[str, Path]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def wrong(self, path: Path, reason: str) -> None:
        self.problems.append(Problem(self.line(path), reason))

    def keys(self, table: dict[str, Any], path: Path, wanted: dict[str, "_Kind"]) -> None:
        """Check that a table has every key that is wanted, of the right kind, and no other."""
        of = f" of {_place(table, path)}" if path else ""
        for key, value in table.items():
            if key not in wanted:
                self.wrong(
                    (*path, key), f'"{key}"{of} is not a key of a guide. Take it out or mend its spelling'
                )
            elif not wanted[key].fits(value):
                self.wrong((*path, key), f'"{key}"{of} must be {wanted[key].says}')
        for key in wanted:
            if key not in table and key != "prompt":
                self.wrong(path, f'"{key}"{of} is missing')


class _Kind(NamedTuple):
    """What a key's value must be: a test, and the words for it."""

    fits: Callable[[Any], bool]
    says: str


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _is_tables(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


_TEXT = _Kind(_is_text, "words in quotation marks")
_TEXTS = _Kind(
    lambda value: isinstance(value, list) and bool(value) and all(map(_is_text, value)),
    "a list of lines, each in quotation marks",
)
_WORDS = _Kind(
    lambda value: isinstance(value, list) and all(map(_is_text, value)),
    "a list of words, each in quotation marks",
)
_MINUTES = _Kind(
    lambda value: isinstance(value, int) and not isinstance(value, bool) and value > 0,
    "a whole number of minutes above 0",
)
_TABLE = _Kind(lambda value: isinstance(value, dict), "a part with its own [heading]")
_TABLES = _Kind(_is_tables, "parts with their own [[heading]]")

_SCRIPTS = ("beforehand", "opening", "closing")
_TOP = {
    "version": _TEXT,
    "title": _TEXT,
    **dict.fromkeys((*_SCRIPTS, SINCE_LAST_TIME), _TABLE),
    "stage": _TABLES,
}
_SCRIPT = {"purpose": _TEXT, "say": _TEXTS}
_PART = {"name": _TEXT, "purpose": _TEXT, "share": _MINUTES, "say_one": _TEXT, "prompt": _TABLES}
_STAGE = {"id": _TEXT, **_PART}
_PROMPT = {"id": _TEXT, "say": _TEXT, "listen": _TEXT, "avoid": _TEXT, "yields": _WORDS}


def _place(table: dict[str, Any], path: Path) -> str:
    """Return how a table is called in a sentence: by its id where it has one, else by its number."""
    kind = path[-2] if isinstance(path[-1], int) else path[-1]
    name = table.get("id", path[-1] + 1 if isinstance(path[-1], int) else None)
    return str(kind).replace("_", " ") if name is None else f'{kind} "{name}"'


def _check_stages(found: _Check, stages: list[dict[str, Any]]) -> None:
    for number, stage in enumerate(stages):
        path: Path = ("stage", number)
        found.keys(stage, path, _STAGE)
        name = _place(stage, path)
        _check_part(found, stage, path, name)
        wanted = STAGE_IDS[number] if number < len(STAGE_IDS) else None
        if wanted is None:
            found.wrong(path, f"{name} is one too many: the stages are {', '.join(STAGE_IDS)}")
        elif isinstance(stage.get("id"), str) and stage["id"] != wanted:
            found.wrong((*path, "id"), f'{name} stands where stage "{wanted}" belongs')
    for missing in STAGE_IDS[len(stages) :]:
        found.wrong(("stage", len(stages) - 1), f'stage "{missing}" is missing')


def _check_part(found: _Check, part: dict[str, Any], path: Path, name: str) -> None:
    """Check what a stage and the card "since last time" have in common: words said, and prompts."""
    _check_said(found, part, path)
    prompts = part.get("prompt", [])
    if not prompts:
        found.wrong(path, f"{name} has no prompts")
    if not _is_tables(prompts):
        return
    for number, prompt in enumerate(prompts):
        here = (*path, "prompt", number)
        found.keys(prompt, here, _PROMPT)
        _check_said(found, prompt, here)
        _check_prompt_id(found, prompt, here)
        if _WORDS.fits(prompt.get("yields")):
            for word in prompt["yields"]:
                if word not in YIELDS:
                    known = ", ".join(sorted(YIELDS))
                    found.wrong(
                        (*here, "yields"), f'"{word}" is nothing a prompt can yield. Known are: {known}'
                    )


def _check_prompt_id(found: _Check, prompt: dict[str, Any], path: Path) -> None:
    name = prompt.get("id")
    if not _is_text(name):
        return
    if not _PROMPT_ID.fullmatch(name):
        found.wrong((*path, "id"), f'"{name}" is no id: use small letters, digits, points and hyphens')
    found.prompt_ids.append((name, (*path, "id")))


def _check_said(found: _Check, table: dict[str, Any], path: Path) -> None:
    """Check the braces in words that are said to the family."""
    for key in ("say", "say_one"):
        value = table.get(key)
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and (reason := _slot_problem(text)):
                found.wrong((*path, key), f'"{key}" of {_place(table, path)} {reason}')


def _slot_problem(text: str) -> str | None:
    """Return what is wrong with the braces of a text, or None."""
    known = ", ".join(f"{{{slot}}}" for slot in sorted(SLOTS))
    rest = text
    for slot in SLOTS:
        rest = rest.replace(f"{{{slot}}}", "")
    if unknown := re.search(r"\{[^{}]*\}", rest):
        return f'has "{unknown[0]}", which convo cannot fill. It can fill {known}'
    if "{" in rest or "}" in rest:
        return f"has a brace without its other half. Braces are only for {known}"
    return None


def _check_unique_ids(found: _Check) -> None:
    first: dict[str, Path] = {}
    for name, path in found.prompt_ids:
        if name in first:
            earlier = found.line(first[name])
            found.wrong(path, f'prompt "{name}" has the id of the prompt in line {earlier}. Give it its own')
        first.setdefault(name, path)


def _check_shares(found: _Check, stages: list[dict[str, Any]], since: object) -> None:
    shares = [stage.get("share") for stage in stages]
    if not all(map(_MINUTES.fits, shares)):
        return
    total = sum(share for share in shares if share is not None)
    if total != SHARES_SUM:
        found.wrong(("stage", 0, "share"), f"the shares of the stages add up to {total}, not to {SHARES_SUM}")
    own = since.get("share") if isinstance(since, dict) else None
    if own is not None and _MINUTES.fits(own) and shares and shares[0] is not None and own >= shares[0]:
        found.wrong(
            (SINCE_LAST_TIME, "share"),
            f"since last time takes its {own} minutes out of the first stage, which has only {shares[0]}",
        )
