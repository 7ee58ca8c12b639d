"""The guide: the words and the order of the hour, read from ``guides/conversation.toml`` (pure).

What is said to the family is English with ``{child}`` for the child's first name; the ``family`` catalogue
translates it whole, and ``with_child`` fills it afterwards.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from convo.conversation.guide_check import SINCE_LAST_TIME, Problem, problems_in
from convo.conversation.rules import StageName
from convo.kernel.errors import WrongSetup
from convo.kernel.text import clean, clean_line

GUIDE_FILE = "conversation.toml"


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One thing to say, with what to listen for and what to avoid. Its id stays when its words change."""

    id: str
    say: str
    listen: str
    avoid: str
    yields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GuideStage:
    """One part of the hour. ``share`` is its part of 60 minutes; ``say_one`` the one line always in view."""

    id: str
    name: str
    purpose: str
    share: int
    say_one: str
    prompts: tuple[Prompt, ...]


@dataclass(frozen=True, kw_only=True)
class Script:
    """Lines that are said one after another: before the meeting, at its start, at its end."""

    purpose: str
    say: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Guide:
    """The hour as a school holds it.

    ``stages`` are always explore, focus, plan and review; ``since_last_time`` comes before them where
    actions are open, and takes its share out of the first. Their ids are values of ``StageName``.
    ``fingerprint`` is the SHA-256 of the cleaned file, in hexadecimal: a conversation pins it together
    with ``to_json``.
    """

    version: str
    title: str
    fingerprint: str
    beforehand: Script
    opening: Script
    closing: Script
    since_last_time: GuideStage
    stages: tuple[GuideStage, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the whole guide as JSON values, to be stored with the conversation that it was used in."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Guide":
        """Return the guide that ``to_json`` stored."""
        return _guide_of(stored)


def load_guide(folder: Path) -> Guide:
    """Return the guide in a folder.

    Raises WrongSetup with file, line and reason of the first thing that is wrong; ``guide_problems`` lists
    all of them.
    """
    text, content, problems = _read(folder)
    if problems:
        raise WrongSetup(f"{_said(problems[0])}.")
    since = content[SINCE_LAST_TIME]
    return _guide_of(
        {
            **content,
            "fingerprint": sha256(text.encode()).hexdigest(),
            SINCE_LAST_TIME: {**since, "id": StageName.SINCE.value, "prompts": since["prompt"]},
            "stages": [{**stage, "prompts": stage["prompt"]} for stage in content["stage"]],
        }
    )


def guide_problems(folder: Path) -> list[str]:
    """Return everything that is wrong with the guide in a folder, one sentence each: file, line, reason."""
    return [_said(problem) for problem in _read(folder)[2]]


def with_child(text: str, name: str) -> str:
    """Return words said to the family, in whatever language, with the child's name in its slot."""
    return text.replace("{child}", name)


def minutes_of(guide: Guide, length_minutes: int, with_since_last_time: bool) -> dict[str, int]:
    """Return the planned whole minutes of each part, in the order of the hour; they add up to the length.

    Every part has at least one minute when the length allows it.
    """
    return _shared_out(length_minutes, shares_of(guide, with_since_last_time))


def shares_of(guide: Guide, with_since_last_time: bool) -> dict[str, int]:
    """Return the share of each part of a meeting, in the order of the hour."""
    shares = {stage.id: stage.share for stage in guide.stages}
    if with_since_last_time:
        first = guide.stages[0].id
        since = guide.since_last_time
        shares = {since.id: since.share, **shares, first: shares[first] - since.share}
    return shares


def replan(
    planned: Mapping[str, int], used: Mapping[str, int], minutes_left: int, current_stage: str
) -> dict[str, int]:
    """Return the minutes of each part as they stand now, the current one's used minutes included.

    ``planned`` is what ``minutes_of`` gives for the length of the meeting as it is known now: after "we
    have until …" call that again with the new length. What is past keeps its plan. The current part and
    the later ones share ``minutes_left`` in proportion to what each still needs; a current part that has
    overrun gets no more, so the later ones share all of it, each at least 1 minute while any is left.
    """
    order = list(planned)
    coming = order[order.index(current_stage) :]
    needs = {name: max(planned[name] - used.get(name, 0), 0) for name in coming}
    for name in coming[1:]:
        needs[name] = max(needs[name], 1)
    if not needs[current_stage]:
        del needs[current_stage]
    shared = _shared_out(max(minutes_left, 0), needs)
    return {
        **planned,
        **{name: used.get(name, 0) + minutes for name, minutes in shared.items()},
    }


def _shared_out(minutes: int, needs: Mapping[str, int]) -> dict[str, int]:
    """Return whole minutes in proportion to needs, adding up exactly: first one each, then the largest rest.

    With fewer minutes than parts, the earlier parts get the one each.
    """
    shared = {name: int(place < minutes) for place, name in enumerate(needs)}
    total = sum(needs.values())
    for _ in range(minutes - sum(shared.values()) if needs else 0):
        shortest = max(needs, key=lambda name: minutes * needs[name] / total - shared[name])
        shared[shortest] += 1
    return shared


def _read(folder: Path) -> tuple[str, dict[str, Any], list[Problem]]:
    """Return the cleaned text of a guide's file, what TOML reads from it, and all that is wrong."""
    try:
        text = clean((folder / GUIDE_FILE).read_bytes().decode("utf-8-sig"))
        content = tomllib.loads(text)
    except OSError:
        return "", {}, [Problem(1, f"cannot be read. It belongs in the folder {folder}")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return "", {}, [Problem(line, "is not written in UTF-8. Save it again with that encoding")]
    except tomllib.TOMLDecodeError as error:
        return text, {}, [_unreadable(text, str(error))]
    return text, content, problems_in(text, content)


def _unreadable(text: str, says: str) -> Problem:
    """Return what TOML could not read. Python 3.11 tells the line in the sentence only."""
    told = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", says)
    line = int(told[1]) if told and told[1] else text.count("\n") + 1
    return Problem(line, f"TOML cannot read this: {says[: told.start()] if told else says}")


def _said(problem: Problem) -> str:
    return f"{GUIDE_FILE} line {problem.line}: {problem.reason}"


def _guide_of(values: Mapping[str, Any]) -> Guide:
    """Return the guide that checked values describe, in the shape of its fields."""
    return Guide(
        version=clean_line(values["version"]),
        title=clean_line(values["title"]),
        fingerprint=values["fingerprint"],
        beforehand=_script_of(values["beforehand"]),
        opening=_script_of(values["opening"]),
        closing=_script_of(values["closing"]),
        since_last_time=_stage_of(values[SINCE_LAST_TIME]),
        stages=tuple(_stage_of(stage) for stage in values["stages"]),
    )


def _script_of(values: Mapping[str, Any]) -> Script:
    return Script(purpose=clean_line(values["purpose"]), say=tuple(map(clean_line, values["say"])))


def _stage_of(values: Mapping[str, Any]) -> GuideStage:
    return GuideStage(
        share=values["share"],
        prompts=tuple(_prompt_of(prompt) for prompt in values["prompts"]),
        **{key: clean_line(values[key]) for key in ("id", "name", "purpose", "say_one")},
    )


def _prompt_of(values: Mapping[str, Any]) -> Prompt:
    return Prompt(
        yields=tuple(values["yields"]),
        **{key: clean_line(values[key]) for key in ("id", "say", "listen", "avoid")},
    )
