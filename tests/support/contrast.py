"""How well the words of a .docx can be seen: the colour of every run against the ground it stands on."""

from collections.abc import Iterator

from lxml import etree

from convo.access.face import READABLE, contrast

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WHITE = "FFFFFF"


def faint(story: etree._Element, styles: etree._Element) -> Iterator[str]:
    """Yield each pair of colours in a document or footer that is below 4.5 : 1, with words written so."""
    by_id = {style.get(f"{W}styleId"): style for style in styles.iter(f"{W}style")}
    ink = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}color").get(f"{W}val")

    def from_style(used: etree._Element | None, path: str, attribute: str) -> str | None:
        """Return a value of a style, or of those that it is based on."""
        style = by_id.get(used.get(f"{W}val")) if used is not None else None
        while style is not None:
            found = style.find(path)
            if found is not None:
                return found.get(f"{W}{attribute}")
            used = style.find(f"{W}basedOn")
            style = by_id.get(used.get(f"{W}val")) if used is not None else None
        return None

    pairs: dict[tuple[str, str], str] = {}
    for paragraph in story.iter(f"{W}p"):
        named = paragraph.find(f"{W}pPr/{W}pStyle")
        cell = next(paragraph.iterancestors(f"{W}tc"), None)
        grounds = (
            _value(paragraph, f"{W}pPr/{W}shd", "fill"),
            from_style(named, f"{W}pPr/{W}shd", "fill"),
            _value(cell, f"{W}tcPr/{W}shd", "fill"),
            _WHITE,
        )
        for run in paragraph.iter(f"{W}r"):
            words = "".join(text.text or "" for text in run.iter(f"{W}t"))
            colours = (
                _value(run, f"{W}rPr/{W}color", "val"),
                from_style(run.find(f"{W}rPr/{W}rStyle"), f"{W}rPr/{W}color", "val"),
                from_style(named, f"{W}rPr/{W}color", "val"),
                ink,
            )
            if words.strip():
                pairs.setdefault((next(filter(None, colours)), next(filter(None, grounds))), words)
    for (colour, ground), words in pairs.items():
        if contrast(colour, ground) < READABLE:
            yield f"{colour} on {ground} is only {contrast(colour, ground):.2f} : 1: {words!r}"


def _value(element: etree._Element | None, path: str, attribute: str) -> str | None:
    found = element.find(path) if element is not None else None
    return found.get(f"{W}{attribute}") if found is not None else None
