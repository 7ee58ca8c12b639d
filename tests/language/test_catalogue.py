"""What families read: translated, honestly marked, and never lost when the texts change."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from convo.language import catalogue, extract
from convo.language.catalogue import check_comment, completeness, say
from convo.language.text import FSI, PDI, Text, english

HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
)
CHECKED = check_comment("At home", "گھر پر", "A. Nowak", date(2026, 9, 14))


def entry(english_text: str, translation: str, before: str = "") -> str:
    return f'{before}msgid "{english_text}"\nmsgstr "{translation}"\n\n'


class Project:
    """A folder of sources, guides and catalogues that a test can write into."""

    def __init__(self, folder: Path) -> None:
        self.sources = folder / "convo"
        self.catalogues = self.sources / "translations"
        self.guides = folder / "guides"
        self.catalogues.mkdir(parents=True)
        self.guides.mkdir()
        (self.sources / "templates" / "hour").mkdir(parents=True)

    def po(self, tag: str, *entries: str) -> None:
        text = "# Drafts.\n" + HEADER.format(tag.replace("-", "_")) + "".join(entries)
        (self.catalogues / f"{tag.replace('-', '_')}.po").write_text(text, encoding="utf-8")
        catalogue.entries.cache_clear()

    def calls(self, *texts: str) -> None:
        lines = [f"say({text!r}, tag)" for text in texts]
        (self.sources / "words.py").write_text("\n".join(lines), encoding="utf-8")

    def read(self, tag: str) -> str:
        return (self.catalogues / f"{tag}.po").read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    made = Project(tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", made.catalogues)
    monkeypatch.setattr(extract, "FOLDER", made.catalogues)
    monkeypatch.setattr(extract, "SOURCES", made.sources)
    monkeypatch.setattr(extract, "GUIDES", made.guides)
    catalogue.entries.cache_clear()
    catalogue.template_texts.cache_clear()
    yield made
    catalogue.entries.cache_clear()
    catalogue.template_texts.cache_clear()


def test_english_is_itself_and_a_found_translation_is_a_draft(project: Project) -> None:
    project.po("ur", entry("At home", "گھر پر"))
    assert say("At home", "en") == Text("At home", "en", "ltr", "source")
    assert say("At home", "ur") == Text("گھر پر", "ur", "rtl", "draft")


def test_what_nobody_translated_stands_in_english_and_says_so(project: Project) -> None:
    project.po("ur", entry("At home", "  "), "#, fuzzy\n" + entry("Who", "کون"))
    for text in ("At home", "Who", "Never seen"):
        assert say(text, "ur") == Text(text, "en", "ltr", "missing")
    assert say("At home", "gu").state == "missing"


def test_a_named_check_of_these_very_texts_makes_an_entry_checked(project: Project) -> None:
    project.po("ur", entry("At home", "گھر پر", f"# {CHECKED}\n"))
    assert say("At home", "ur").state == "checked"


def test_a_check_comment_that_another_tool_wrapped_still_counts(project: Project) -> None:
    project.po("ur", entry("At home", "گھر پر", "# " + CHECKED.replace("src:", "\n# src:") + "\n"))
    assert say("At home", "ur").state == "checked"


@pytest.mark.parametrize(
    "comment",
    [
        CHECKED.replace("A. Nowak", ""),
        CHECKED.replace("state: checked", "state: draft"),
        check_comment("At home now", "گھر پر", "A. Nowak", date(2026, 9, 14)),
        check_comment("At home", "گھر میں", "A. Nowak", date(2026, 9, 14)),
        CHECKED.split(" | text")[0],
        "checked by A. Nowak",
    ],
)
def test_a_check_without_a_name_or_of_another_text_is_no_check(project: Project, comment: str) -> None:
    project.po("ur", entry("At home", "گھر پر", f"# {comment}\n"))
    assert say("At home", "ur").state == "draft"


def test_two_latin_names_in_an_urdu_sentence_cannot_change_places(project: Project) -> None:
    project.po("ur", entry("{child} and {adult} read.", "{child} {adult} پڑھیں۔"))
    text = say("{child} and {adult} read.", "ur", child="Amina (Y4)", adult="Mrs O'Brien")
    assert text.text == f"{FSI}Amina (Y4){PDI} {FSI}Mrs O'Brien{PDI} پڑھیں۔"


def test_values_are_put_in_as_they_are(project: Project) -> None:
    project.po("pl", entry("{child}: {what}", "{child}: {what}"))
    assert say("{child}: {what}", "pl", child="{what} <b>", what=english("100% {x}")).text == (
        f"{{what}} <b>: {FSI}100% {{x}}{PDI}"
    )
    with pytest.raises(KeyError):
        say("{child}: {what}", "pl", child="Amina")


def test_a_translation_with_other_slots_is_not_shown(project: Project) -> None:
    project.po("pl", entry("{child} reads", "{dziecko} czyta"), entry("{a} {a}", "{a}"))
    assert say("{child} reads", "pl", child="Amina") == Text("Amina reads", "en", "ltr", "missing")
    assert say("{a} {a}", "pl", a=1).state == "missing"


def test_completeness_counts_what_would_be_shown(project: Project) -> None:
    project.calls("At home", "Who", "By", "{n} days")
    project.po(
        "ur", entry("At home", "گھر پر", f"# {CHECKED}\n"), entry("Who", "کون"), entry("{n} days", "دن")
    )
    extract.rewrite()
    assert completeness("ur") == (0.5, 0.25)
    assert completeness("gu") == (0.0, 0.0)
    assert completeness("en") == (1.0, 1.0)


def test_texts_are_collected_from_python_templates_and_guides(project: Project) -> None:
    project.calls("In Python")
    page = project.sources / "templates" / "hour" / "page.html"
    page.write_text('<p>{{ twin("In a template") }}</p>{% if a %}{{ say("Said {n}", tag, n=1) }}{% endif %}')
    guide = (
        'say = ["One", "Two"]\npurpose = "Staff only"\n[[stage]]\nsay_one = "Three"\nlisten = "Staff only"\n'
    )
    (project.guides / "conversation.toml").write_text(guide)
    assert list(extract.found_texts()) == ["In Python", "In a template", "One", "Said {n}", "Three", "Two"]


def test_a_template_that_cannot_be_read_stops_the_collecting(project: Project) -> None:
    (project.sources / "templates" / "page.html").write_text('{{ twin("Who") }}{% if %}')
    with pytest.raises(TemplateSyntaxError):
        extract.found_texts()


def test_rewriting_keeps_every_translation_and_check_and_gives_them_back(project: Project) -> None:
    project.po("ur", entry("At home", "گھر پر", f"# {CHECKED}\n# a note\n"), entry("Who", "کون"))
    before = project.read("ur")
    project.calls("At school")
    extract.rewrite()
    assert say("At home", "ur").state == "missing"
    assert '#~ msgid "At home"' in project.read("ur")
    project.calls("At home", "At school", "Who")
    extract.rewrite()
    assert say("At home", "ur").state == "checked"
    assert say("Who", "ur").state == "draft"
    assert "# a note" in project.read("ur")
    assert before.split("\n\n")[0].splitlines()[0] == project.read("ur").splitlines()[0]


def test_rewriting_a_second_time_changes_no_file(project: Project) -> None:
    project.calls("At home", "100% of {n}")
    project.po("ur", entry("At home", "گھر پر", f"# {CHECKED}\n"), entry("Gone", "گیا"))
    project.po("zh-Hant", entry("At home", "在家"))
    assert len(extract.rewrite()) == 3
    assert extract.rewrite() == []


def test_problems_name_file_and_text_in_one_sentence_each(project: Project) -> None:
    project.calls("At home", "{n} days", "Who", "By")
    project.po("ur", entry("At home", "گھر\u202eپر"), entry("{n} days", "دن"), entry("Who", "کون"))
    extract.rewrite()
    project.po("tlh")
    found = "\n".join(extract.problems())
    assert "ur.po: the slots of “{n} days”" in found
    assert "ur.po: the translation of “At home” holds direction overrides" in found
    assert "ur.po: texts without a translation: 1; the first is “By”." in found
    assert "tlh.po is for a language that convo does not know" in found
    assert "out of date" not in found
    project.calls("At home")
    assert "family.pot is out of date" in extract.problems()[0]


def test_a_catalogue_under_the_wrong_name_is_noticed(project: Project) -> None:
    project.calls("At home")
    extract.rewrite()
    project.po("ur", entry("At home", "گھر پر"))
    (project.catalogues / "ar.po").write_text(project.read("ur"), encoding="utf-8")
    assert "ar.po says in its header that it is ur: correct Language." in extract.problems()


@pytest.mark.parametrize("tag", ["ur", "pl", "bn", "ar", "ro", "pa", "so", "zh-Hant", "ti"])
def test_the_nine_shipped_languages_say_that_nobody_has_checked_them(tag: str) -> None:
    text = say("This translation has not been checked by a person yet.", tag)
    assert (text.lang, text.state) == (tag, "draft")
    assert "not checked by a native speaker" in catalogue.po_path(tag).read_text(encoding="utf-8")
