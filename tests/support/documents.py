"""What an openable, readable .docx must hold beyond the schema: the gaps that schema validators leave."""

import re
from collections.abc import Iterator
from io import BytesIO
from posixpath import dirname, join, normpath
from zipfile import ZipFile

from lxml import etree

from tests.support.contrast import faint

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CONTENT = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}coreProperties"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_LEADS_AWAY = {"hyperlink", "fldSimple", "altChunk", "bookmarkStart", "object", "pict", "sdt", "customXml"}
"""What no summary has: words lead nowhere, and nothing is brought in from elsewhere."""
_BREAKS = {f"{W}br": "\n", f"{W}tab": "\t"}


def part(docx: bytes, name: str = "word/document.xml") -> etree._Element:
    """Return one part of the file, parsed."""
    with ZipFile(BytesIO(docx)) as package:
        return etree.fromstring(package.read(name))


def run_text(run: etree._Element) -> str:
    """Return the characters of one run, line breaks and tabs included."""
    return "".join(_BREAKS.get(piece.tag, piece.text or "") for piece in run if piece.tag != f"{W}rPr")


def paragraphs(docx: bytes) -> list[tuple[str, str]]:
    """Return (style, text) of every paragraph in the body, in order."""
    found = []
    for paragraph in part(docx).iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        text = "".join(run_text(run) for run in paragraph.iter(f"{W}r"))
        found.append(("" if style is None else style.get(f"{W}val"), text))
    return found


def run_texts(docx: bytes) -> list[str]:
    """Return the text of every run in the body, in order."""
    return [run_text(run) for run in part(docx).iter(f"{W}r")]


def problems(docx: bytes) -> list[str]:
    """Return what is wrong with the file, one line each; empty when it is sound."""
    with ZipFile(BytesIO(docx)) as package:
        names = package.namelist()
        found = [f"{name} is in the zip twice" for name in {one for one in names if names.count(one) > 1}]
        parts = {
            name: etree.fromstring(package.read(name)) for name in names if name.endswith((".xml", ".rels"))
        }
    found += _package(names, parts)
    for name, root in parts.items():
        if name.startswith("word/"):
            found += [f"{name}: {problem}" for problem in _story(root)]
    for name in (name for name in parts if re.fullmatch(r"word/(document|footer\d)\.xml", name)):
        found += [f"{name}: {problem}" for problem in faint(parts[name], parts["word/styles.xml"])]
    found += _headings(parts["word/document.xml"])
    return found


def _package(names: list[str], parts: dict[str, etree._Element]) -> Iterator[str]:
    types = parts["[Content_Types].xml"]
    overrides = {element.get("PartName", "")[1:] for element in types.iter(f"{_CONTENT}Override")}
    defaults = {element.get("Extension") for element in types.iter(f"{_CONTENT}Default")}
    yield from (f"content type of absent {name}" for name in overrides - set(names))
    yield from (f"no content type: {name}" for name in names if name.rpartition(".")[2] not in defaults)
    for name in (one for one in names if one.endswith(".rels")):
        folder = dirname(dirname(name))
        for relationship in parts[name].iter(_RELATIONSHIP):
            target = normpath(join(folder, relationship.get("Target", "")))
            if target not in names:
                yield f"{name} points to absent {target}"
            if target.startswith("word/") and target.endswith(".xml") and target not in overrides:
                yield f"{target} has no content type of its own"
            if relationship.get("TargetMode"):
                yield f"{name} leads out of the file"
    core = parts["docProps/core.xml"]
    for name in ("title", "language"):
        if not core.findtext(f"{{*}}{name}"):
            yield f"core.xml: no {name}"
    tags = [child.tag for child in core]
    if core.tag != _CORE or len(tags) != len(set(tags)):
        yield "core.xml is not one set of properties"
    for child in core:
        if "/terms/" in child.tag and child.get(_TYPE) != "dcterms:W3CDTF":
            yield "core.xml: a date without its type"


def _story(root: etree._Element) -> Iterator[str]:
    kinds = [element.get(f"{W}fldCharType") for element in root.iter(f"{W}fldChar")]
    if kinds != ["begin", "separate", "end"] * (len(kinds) // 3):
        yield "fields are not balanced"
    found = {etree.QName(element).localname for element in root.iter()} & _LEADS_AWAY
    yield from (f"a {name}" for name in sorted(found))
    for run in root.iter(f"{W}r"):
        if run.find(f"{W}rPr/{W}lang") is None:
            yield f"a run without language: {run_text(run)!r}"
    for paragraph in root.iter(f"{W}p"):
        drawn = paragraph.find(f".//{W}drawing") is not None
        if not drawn and not "".join(run_text(run) for run in paragraph.iter(f"{W}r")).strip():
            yield "an empty paragraph"
    for picture in root.iter("{*}docPr"):
        if not picture.get("descr", "").strip():
            yield "a picture without words"
    for size in [*root.iter(f"{W}sz"), *root.iter(f"{W}szCs")]:
        if not re.fullmatch(r"[0-9]+", size.get(f"{W}val", "")):
            yield f"size {size.get(f'{W}val')}"
    for alignment in root.iter(f"{W}jc"):
        yield f"an alignment: {alignment.get(f'{W}val')}"
    identifiers = [element.get("id") for element in root.iter("{*}docPr")]
    if len(identifiers) != len(set(identifiers)):
        yield "two pictures have one id"
    for table in root.iter(f"{W}tbl"):
        yield from _table(table)


def _table(table: etree._Element) -> Iterator[str]:
    columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
    following = table.getnext()
    if following is not None and following.tag == f"{W}tbl":
        yield "two tables touch: Word would join them"
    if not table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val"):
        yield "a table without a caption"
    rows = table.findall(f"{W}tr")
    headers = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows]
    if headers != [True] + [False] * (len(rows) - 1):
        yield f"not just the first row is a header: {headers}"
    for row in rows:
        cells = row.findall(f"{W}tc")
        for cell in cells:
            for merged in ("gridSpan", "vMerge", "hMerge"):
                if cell.find(f"{W}tcPr/{W}{merged}") is not None:
                    yield "a merged cell"
            if len(cell) == 0 or cell[-1].tag != f"{W}p":
                yield "a cell does not end with a paragraph"
        if len(cells) != columns:
            yield f"a row of {len(cells)} cells in a grid of {columns}"


def _headings(root: etree._Element) -> Iterator[str]:
    levels = []
    for style in root.iter(f"{W}pStyle"):
        name = style.get(f"{W}val", "")
        if "Heading" in name:
            levels.append(int(name[-1]))
            if next(style.iterancestors(f"{W}tbl"), None) is not None:
                yield "a heading inside a table: the navigation pane would not show it"
    for before, after in zip([0, *levels], levels, strict=False):
        if after > before + 1:
            yield f"heading {after} after heading {before}"
    if not levels:
        yield "no headings"
