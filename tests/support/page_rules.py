"""What holds of every page, each rule a function that returns the faults it finds, in words.

``check`` runs them all; a test that must leave one out names it: ``skip={"one_h1"}``.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

import html5lib

RTL_LANGUAGES = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "prs", "ps", "sd", "syr", "ug", "ur", "yi"})
_DATE_IN_FIGURES = re.compile(r"\b(\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2})\b")
_REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "headers", "list")

Rule = Callable[[Any], list[str]]


_TEMPLATE = re.compile(r"(<template[^>]*>).*?(</template>)", re.DOTALL)


def parse(html: str) -> tuple[Any, list[str]]:
    """Return the page as an lxml tree, and what the HTML5 parser had to say against it.

    What stands inside a ``<template>`` is on no page until a script makes a row of it: it is left out.
    """
    html = _TEMPLATE.sub(r"\1\2", html)
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("lxml"), namespaceHTMLElements=False)
    tree = parser.parse(html)
    lines = html.splitlines()
    faults = [
        f"{code} {details} in line {line}: {lines[line - 1].strip() if line <= len(lines) else ''}"
        for (line, _column), code, details in parser.errors
    ]
    for template in tree.xpath("//template"):  # what stands in one is no part of the page
        del template[:]
    return tree, faults


def words_of(element: Any) -> str:
    """Return an element's text as a reader sees it: spaces made one, scripts and styles left out."""
    text = element.xpath(".//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
    return " ".join("".join(text).split())


def check(html: str, skip: Collection[str] = (), where: str = "the page") -> None:
    """Fail with every fault of a page."""
    unknown = set(skip) - set(RULES) - {"valid_html"}
    assert not unknown, f"no such rule: {unknown}"
    tree, invalid = parse(html)
    faults = [] if "valid_html" in skip else [f"valid_html: {fault}" for fault in invalid]
    for name, rule in RULES.items():
        if name not in skip:
            faults += [f"{name}: {fault}" for fault in rule(tree)]
    assert not faults, f"{where}:\n" + "\n".join(faults)


def one_h1(tree: Any) -> list[str]:
    found = [words_of(heading) for heading in tree.xpath("//h1")]
    return [] if len(found) == 1 and found[0] else [f"not one h1 but {found}"]


def title_starts_with_h1(tree: Any) -> list[str]:
    heading = " ".join(words_of(heading) for heading in tree.xpath("//h1[1]"))
    title = " ".join(words_of(title) for title in tree.xpath("//head/title"))
    return [] if title.removeprefix("Error: ").startswith(heading) else [f"title “{title}”, h1 “{heading}”"]


def title_says_error(tree: Any) -> list[str]:
    wrong = bool(tree.xpath("//*[@aria-invalid='true']"))
    titled = "".join(tree.xpath("//head/title/text()")).startswith("Error: ")
    return ["fields are wrong but the title does not start with “Error: ”"] if wrong and not titled else []


def unique_ids(tree: Any) -> list[str]:
    return [
        f"id {name} is used {count} times"
        for name, count in Counter(tree.xpath("//@id")).items()
        if count > 1
    ]


def labelled_controls(tree: Any) -> list[str]:
    labelled = set(tree.xpath("//label[normalize-space()]/@for"))
    faults = []
    for control in tree.xpath("//input | //select | //textarea"):
        if control.get("type") in {"hidden", "submit", "button", "image"}:
            continue
        named = control.get("id") in labelled or control.get("aria-label") or control.get("aria-labelledby")
        if not named and not any(words_of(label) for label in control.iterancestors("label")):
            faults.append(f"{control.tag} {control.get('name')} has no label")
    return faults


def grouped_choices(tree: Any) -> list[str]:
    faults = [
        f"radio {control.get('name')} stands in no fieldset"
        for control in tree.xpath("//input[@type='radio'][not(ancestor::fieldset)]")
    ]
    return faults + [
        "a fieldset has no legend" for _ in tree.xpath("//fieldset[not(legend[normalize-space()])]")
    ]


def page_language(tree: Any) -> list[str]:
    html = tree.getroot()
    lang, direction = html.get("lang"), html.get("dir")
    return [] if lang and direction in {"ltr", "rtl"} else [f"html has lang {lang} and dir {direction}"]


def direction_of_pieces(tree: Any) -> list[str]:
    """A piece in another language has the direction of that language, unless it has it already."""
    faults = []
    for piece in tree.xpath("//*[@lang and @lang != 'und']"):  # a name of no language has its own direction
        wanted = direction_of(piece.get("lang"))
        around = next((up.get("dir") for up in (piece, *piece.iterancestors()) if up.get("dir")), "ltr")
        said = piece.get("dir")
        if said not in {None, wanted} or around != wanted or (wanted == "rtl" and said is None):
            faults.append(f"{piece.tag} lang={piece.get('lang')} has dir {said}: {words_of(piece)[:40]}")
    return faults


def direction_of(tag: str) -> str:
    """Return rtl or ltr. Written apart from the app's own table, so that the two check each other."""
    parts = tag.lower().split("-")
    if "arab" in parts or "hebr" in parts:
        return "rtl"
    if "latn" in parts or "cyrl" in parts:
        return "ltr"
    return "rtl" if parts[0] in RTL_LANGUAGES else "ltr"


def nothing_inline(tree: Any) -> list[str]:
    """The content security policy lets none of these work."""
    faults = ["a script without src" for _ in tree.xpath("//script[not(@src)]")]
    faults += ["a style element" for _ in tree.xpath("//style")]
    for element in tree.iter("*"):
        faults += [
            f"{element.tag} has {name}" for name in element.attrib if name == "style" or name.startswith("on")
        ]
        if element.get("href", "").strip().lower().startswith("javascript:"):
            faults.append(f"{element.tag} leads to a script")
    return faults


def links_and_buttons_say_something(tree: Any) -> list[str]:
    return [
        f"an empty {element.tag}: {dict(element.attrib)}"
        for element in tree.xpath("//a | //button | //summary")
        if not words_of(element) and not element.get("aria-label") and not element.xpath(".//img[@alt!='']")
    ]


def references_lead_somewhere(tree: Any) -> list[str]:
    ids = set(tree.xpath("//@id"))
    named = {(f"{label.tag} for", label.get("for")) for label in tree.xpath("//label[@for] | //output[@for]")}
    named |= {("link", href[1:]) for href in tree.xpath("//a/@href") if href.startswith("#")}
    for attribute in _REFERENCES:
        named |= {(attribute, one) for value in tree.xpath(f"//@{attribute}") for one in value.split()}
    return [f"{kind}: nothing has the id {name}" for kind, name in sorted(named) if name not in ids]


def pictures_described(tree: Any) -> list[str]:
    return [f"img {image.get('src')} has no alt" for image in tree.xpath("//img[not(@alt)]")]


def forms_say_how(tree: Any) -> list[str]:
    """A form that writes carries its token; any other says that it only reads, or goes nowhere."""
    faults = []
    for form in tree.xpath("//form"):
        method = form.get("method", "").lower()
        if method not in {"get", "post", "dialog"}:
            faults.append(f"form {form.get('action')} has no method")
        if method == "post" and not form.xpath(".//input[@name='csrf_token'][@value!='']"):
            faults.append(f"form {form.get('action')} has no token")
    return faults


def dates_in_words(tree: Any) -> list[str]:
    return [
        f"the date {found}"
        for body in tree.xpath("//body")
        for found in _DATE_IN_FIGURES.findall(words_of(body))
    ]


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        one_h1,
        title_starts_with_h1,
        title_says_error,
        unique_ids,
        labelled_controls,
        grouped_choices,
        page_language,
        direction_of_pieces,
        nothing_inline,
        links_and_buttons_say_something,
        references_lead_somewhere,
        pictures_described,
        forms_say_how,
        dates_in_words,
    )
}
