"""The guide: what it says, what is refused in it, and how its minutes are shared out."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.conversation.guide import (
    GUIDE_FILE,
    Guide,
    guide_problems,
    load_guide,
    minutes_of,
    replan,
    with_child,
)
from convo.conversation.rules import StageName
from convo.kernel.errors import WrongSetup
from convo.settings import SHIPPED_GUIDES

SHIPPED = (SHIPPED_GUIDES / GUIDE_FILE).read_text("utf-8")
GUIDE = load_guide(SHIPPED_GUIDES)
PARTS = [stage.value for stage in StageName]


def changed(folder: Path, old: str, new: str, times: int = 1) -> list[str]:
    """Return the problems of the shipped guide with one text put for another."""
    assert old in SHIPPED
    (folder / GUIDE_FILE).write_text(SHIPPED.replace(old, new, times), "utf-8")
    return guide_problems(folder)


def said_to_a_family() -> list[str]:
    scripts = [line for script in (GUIDE.beforehand, GUIDE.opening, GUIDE.closing) for line in script.say]
    parts = (GUIDE.since_last_time, *GUIDE.stages)
    asked = [prompt.say for part in parts for prompt in part.prompts]
    return [*scripts, *asked, *(part.say_one for part in parts)]


def line_of(text: str) -> int:
    return SHIPPED[: SHIPPED.index(text)].count("\n") + 1


def test_the_shipped_guide_has_nothing_wrong_with_it() -> None:
    assert guide_problems(SHIPPED_GUIDES) == []
    assert [stage.id for stage in GUIDE.stages] == PARTS[1:]
    assert sum(stage.share for stage in GUIDE.stages) == 60


def test_what_is_said_to_a_family_is_in_short_sentences_without_jargon() -> None:
    jargon = re.compile(
        r"\b(SENCO|SEMH|SEND|SEN|target|intervention|provision|outcome|strategy|attainment|progress|"
        r"structured|stage|priority|safeguarding|disclosure|confidential)s?\b",
        re.IGNORECASE,
    )
    for text in said_to_a_family():
        assert not jargon.search(text), text
        assert "!" not in text
        assert not text.startswith("{child}"), f"a name in another script opens the line: {text}"
        for sentence in re.split(r"(?<=[.?:]) ", text):
            assert len(sentence.split()) <= 15, sentence


def test_the_opening_says_that_safety_is_not_kept_secret_and_that_they_can_read_what_is_written() -> None:
    said = " ".join(GUIDE.opening.say)
    assert "may not be safe" in said
    assert "You can read it at any time" in said


def test_the_childs_name_fills_its_slot_whatever_it_is_made_of() -> None:
    assert with_child("What is {child} good at?", "Zoë {x} O'Neil") == "What is Zoë {x} O'Neil good at?"


@pytest.mark.parametrize(
    ("old", "new", "at", "reason"),
    [
        ('id = "plan"', 'id = "act"', 'id = "plan"', 'stage "act" stands where stage "plan" belongs'),
        ("share = 10", "share = 11", 'id = "explore"\n', "the shares of the stages add up to 61, not to 60"),
        (
            "share = 8",
            "share = 20",
            "share = 8",
            "since last time takes its 20 minutes out of the first stage",
        ),
        ("share = 8", 'share = "8"', "share = 8", "must be a whole number of minutes above 0"),
        (
            'id = "explore.worry"',
            'id = "explore.hope"',
            'id = "explore.worry"',
            "has the id of the prompt in line",
        ),
        ('id = "explore.worry"', 'id = "Big worry"', 'id = "explore.worry"', "is no id"),
        (
            "good day. What",
            "good {day}. What",
            "Tell me about a good day",
            'has "{day}", which convo cannot fill',
        ),
        (
            "good day. What",
            "good {child. What",
            "Tell me about a good day",
            "has a brace without its other half",
        ),
        (
            'yields = ["hope"]',
            'yields = ["dream"]',
            'yields = ["hope"]',
            '"dream" is nothing a prompt can yield',
        ),
        ('title = "', 'titel = "', "title = ", '"titel" is not a key of a guide'),
        ('avoid = "Giving advice', 'avoids = "Giving advice', 'avoid = "Giving advice', '"avoids" of prompt'),
        (
            'say = "What would {child} like us to know?"\n',
            "",
            '[[stage.prompt]]\nid = "explore.child',
            '"say" of prompt',
        ),
        (
            'say = "What would {child} like us to know?"',
            'say = " "',
            "like us to know",
            "must be words in quotation",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_reason(
    tmp_path: Path, old: str, new: str, at: str, reason: str
) -> None:
    problems = changed(tmp_path, old, new)
    line = line_of(at) + (2 if at.startswith('id = "explore"\n') else 0)
    if "add up" in reason:
        line = line_of("share = 20")
    matching = [problem for problem in problems if reason in problem]
    assert matching, problems
    assert matching[0].startswith(f"conversation.toml line {line}: "), matching
    with pytest.raises(WrongSetup, match=r"^conversation\.toml line \d+: .*\.$"):
        load_guide(tmp_path)


def test_a_stage_without_prompts_and_one_that_is_missing_are_both_listed(tmp_path: Path) -> None:
    start = SHIPPED.index('[[stage.prompt]]\nid = "focus')
    end = SHIPPED.index('[[stage]]\nid = "plan"')
    review = SHIPPED.index('[[stage]]\nid = "review"')
    (tmp_path / GUIDE_FILE).write_text(SHIPPED[:start] + SHIPPED[end:review], "utf-8")
    problems = guide_problems(tmp_path)
    line = line_of('[[stage]]\nid = "focus"')
    assert f'conversation.toml line {line}: stage "focus" has no prompts' in problems
    assert any(problem.endswith('stage "review" is missing') for problem in problems)


def test_a_stage_too_many_is_refused(tmp_path: Path) -> None:
    copy = SHIPPED[SHIPPED.index('[[stage]]\nid = "review"') :]
    (tmp_path / GUIDE_FILE).write_text(SHIPPED + "\n" + copy, "utf-8")
    assert any('stage "review" is one too many' in problem for problem in guide_problems(tmp_path))


def test_a_key_inside_a_long_string_is_not_taken_for_a_line_of_the_file(tmp_path: Path) -> None:
    problems = changed(
        tmp_path,
        'title = "An hour together"',
        'title = """An hour\nversion = \\"old\\"\n"""\ncolour = "teal"',
    )
    line = line_of("title = ") + 3
    (problem,) = problems
    assert problem.startswith(f'conversation.toml line {line}: "colour" is not a key of a guide.')


def test_a_slip_of_syntax_is_named_with_its_line(tmp_path: Path) -> None:
    problems = changed(tmp_path, 'name = "Focus"', "name = Focus")
    line = line_of('name = "Focus"')
    assert problems == [f"conversation.toml line {line}: TOML cannot read this: Invalid value"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"title = 'caf\xe9'", b'stage = "one"', b"stage = [1]", b'a = """']
)
def test_a_file_that_is_no_guide_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / GUIDE_FILE).write_bytes(content)
    with pytest.raises(WrongSetup, match=r"^conversation\.toml line 1: "):
        load_guide(tmp_path)


def test_a_folder_without_a_guide_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(WrongSetup, match="cannot be read"):
        load_guide(tmp_path)


def test_the_fingerprint_follows_the_words_and_not_the_line_ends(tmp_path: Path) -> None:
    (tmp_path / GUIDE_FILE).write_bytes(b"\xef\xbb\xbf" + SHIPPED.replace("\n", "\r\n").encode())
    assert load_guide(tmp_path).fingerprint == GUIDE.fingerprint
    changed(tmp_path, "good day", "fine day")
    assert load_guide(tmp_path).fingerprint != GUIDE.fingerprint


def test_a_stored_guide_comes_back_the_same_after_the_file_has_changed() -> None:
    assert Guide.from_json(json.loads(json.dumps(GUIDE.to_json()))) == GUIDE


def test_an_hour_is_split_as_the_guide_says() -> None:
    assert minutes_of(GUIDE, 60, False) == {"explore": 20, "focus": 10, "plan": 20, "review": 10}
    assert minutes_of(GUIDE, 60, True) == dict(zip(PARTS, [8, 12, 10, 20, 10], strict=True))


@given(st.integers(min_value=5, max_value=180), st.booleans())
def test_planned_minutes_always_add_up_and_leave_no_part_out(length: int, since: bool) -> None:
    minutes = minutes_of(GUIDE, length, since)
    assert sum(minutes.values()) == length
    assert min(minutes.values()) >= 1
    assert list(minutes) == (PARTS if since else PARTS[1:])


HOUR = {"explore": 20, "focus": 10, "plan": 20, "review": 10}


def test_a_conversation_on_time_keeps_its_plan() -> None:
    assert replan(HOUR, {"explore": 7}, 53, "explore") == HOUR
    assert replan(HOUR, {"explore": 20, "focus": 4}, 36, "focus") == HOUR


def test_later_stages_share_what_an_overrun_leaves() -> None:
    planned = replan(HOUR, {"explore": 28}, 32, "explore")
    assert planned == {"explore": 20, "focus": 8, "plan": 16, "review": 8}


def test_an_earlier_end_shortens_what_is_still_to_come() -> None:
    half = minutes_of(GUIDE, 30, False)
    assert half == {"explore": 10, "focus": 5, "plan": 10, "review": 5}
    assert replan(half, {"explore": 20}, 10, "explore") == {"explore": 10, "focus": 3, "plan": 5, "review": 2}


def test_going_back_to_a_stage_leaves_a_minute_for_each_that_follows() -> None:
    planned = replan(HOUR, {"explore": 20, "focus": 10, "plan": 20}, 10, "focus")
    assert planned["plan"] > 20
    assert planned["review"] >= 1
    assert replan(HOUR, HOUR, 6, "explore") == {"explore": 20, "focus": 12, "plan": 22, "review": 12}


def test_with_no_time_left_later_stages_have_none() -> None:
    assert replan(HOUR, {"explore": 60}, 0, "explore") == {"explore": 20, "focus": 0, "plan": 0, "review": 0}
    assert replan(HOUR, {"explore": 65}, -5, "explore") == {"explore": 20, "focus": 0, "plan": 0, "review": 0}
    assert replan(HOUR, {"explore": 58}, 2, "explore") == {"explore": 20, "focus": 1, "plan": 1, "review": 0}


@given(st.integers(5, 90), st.integers(0, 90), st.integers(0, 90), st.sampled_from(PARTS))
def test_what_is_left_is_shared_out_whole(length: int, used: int, left: int, current: str) -> None:
    before = minutes_of(GUIDE, length, True)
    spent = {current: used}
    after = replan(before, spent, left, current)
    coming = PARTS[PARTS.index(current) :]
    overrun = used >= before[current]
    given_out = sum(after[name] for name in coming[1:]) + (0 if overrun else after[current] - used)
    assert given_out == (0 if overrun and len(coming) == 1 else left)
    if left >= len(coming):
        assert all(after[name] >= 1 for name in coming)
    assert [after[name] for name in PARTS if name not in coming] == [
        before[name] for name in PARTS if name not in coming
    ]
