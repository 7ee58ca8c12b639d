"""The only place that cleans HTML, and the only importer of bleach.

Only help pages are HTML. People's text and the guide's are plain text and escaped where they are shown.
"""

import re

from bleach.sanitizer import Cleaner
from markupsafe import Markup

_TEXT_TAGS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "kbd", "a"}
_BLOCK_TAGS = {"table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details", "summary"}
_SCOPES = frozenset({"row", "col", "rowgroup", "colgroup"})

# A path below this one, a path on this site, or a place on this page: no scheme, no other host.
_OWN_ADDRESS = re.compile(r"#[\w-]*|/|/?[\w.-][\w./-]*(?:#[\w-]*)?")


def _attribute_may_stay(tag: str, name: str, value: str) -> bool:
    if (tag, name) == ("a", "href"):
        return _OWN_ADDRESS.fullmatch(value) is not None
    return (tag, name) == ("th", "scope") and value in _SCOPES


def handbook_html(html: str) -> Markup:
    """Return a help page's HTML with only what a help page needs: text, lists, tables, links inside convo.

    Every other tag is shown as the text it was typed as, so that whoever wrote it sees that it does not
    work; other attributes and comments are left out.
    """
    # A cleaner keeps its parser's state, so each page gets its own. bleach lets relative addresses pass
    # only where https is allowed; the pattern above has already refused every address with a scheme.
    cleaner = Cleaner(
        tags=_TEXT_TAGS | _BLOCK_TAGS, attributes=_attribute_may_stay, protocols={"https"}, strip=False
    )
    return Markup(cleaner.clean(html))  # noqa: S704 - cleaned in this line
