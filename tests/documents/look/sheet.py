"""The contact sheet: one page with all pages of all copies, a row a language."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

from convo.language.tags import language
from tests.documents.look import Copy

_STYLE = """
body { font: 16px/1.4 sans-serif; margin: 1rem; background: #ece8e0 }
nav { position: sticky; inset-block-start: 0; background: #ece8e0; padding: .5rem 0 }
section { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: end }
figure { margin: 0 } img { inline-size: 11rem; background: #fff } img:hover { outline: 3px solid #0b5d5e }
"""


def write_sheet(pictures: Mapping[Copy, list[Path]], folder: Path) -> Path:
    """Write index.html beside the pictures, with thumbnails that lead to them; return its path."""
    tags = list(dict.fromkeys(tag for tag, _ in pictures))
    links = " ".join(f'<a href="#{tag}">{tag}</a>' for tag in tags)
    rows = ""
    for tag in tags:
        there = language(tag)
        name = escape(f"{tag} {there.name}, {there.script}, {there.direction}")
        rows += f'<h2 id="{tag}">{name}</h2><section>'
        for (of, layout), pages in pictures.items():
            if of == tag:
                shown = "".join(
                    f'<a href="{page.name}"><img loading="lazy" src="{page.name}" alt="Page {number}"></a> '
                    for number, page in enumerate(pages, 1)
                )
                rows += f"<figure><figcaption>{layout}</figcaption>{shown}</figure>"
        rows += "</section>"
    index = folder / "index.html"
    index.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>The look of the summary</title>'
        f"<style>{_STYLE}</style><nav>{links}</nav>{rows}</html>",
        encoding="utf-8",
    )
    return index
