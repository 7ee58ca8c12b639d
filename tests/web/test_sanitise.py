"""Cleaning of help pages: what a page needs stays, what could run or lead away does not."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convo.web.sanitise import handbook_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p onclick='alert(1)' style='position:fixed' id=main class=card>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa&#10;Script:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href='/\\evil.example/'>x</a>",
    "<a href='https://evil.example/'>x</a>",
    "<a href='words' target=_blank ping='https://evil.example'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<form action='/sign-out' method=post><input name=x><button>x</button></form>",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<object data=x></object><embed src=x>",
    "<!--><script>alert(1)</script>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<template><script>alert(1)</script></template>",
    "<xmp><script>alert(1)</script></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<p>\x00<scri\x00pt>alert(1)</scri\x00pt>",
    "<table><tr><td><form><table><script>alert(1)</script>",
]

TEXT_TAGS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "kbd", "a"}
BLOCK_TAGS = {"table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details", "summary"}


def elements_of(html: str) -> list[tuple[str, dict[str, str]]]:
    """Return each element that a browser makes of a fragment, with its attributes."""
    parsed = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return [(element.tag, dict(element.attrib)) for element in parsed.iter() if element is not parsed]


def assert_harmless(html: str) -> None:
    for tag, attributes in elements_of(html):
        assert tag in TEXT_TAGS | BLOCK_TAGS, html
        assert set(attributes) <= {"a": {"href"}, "th": {"scope"}}.get(tag, set()), html
        href = attributes.get("href", "")
        assert ":" not in href, html
        assert "\\" not in href, html
        assert not href.startswith("//"), html


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_a_help_page_runs_or_leads_away(hostile: str) -> None:
    assert_harmless(str(handbook_html(hostile)))
    assert_harmless(str(handbook_html(f"<h1>Help</h1><table><tr><td>{hostile}</td></tr></table>")))


PIECES = st.sampled_from(
    [
        *HOSTILE,
        "<p>",
        "</p>",
        "<table>",
        "<tr>",
        "<a href='words'>",
        "</a>",
        "<",
        "&lt;",
        "-->",
        "<!--",
        "x",
        "]]>",
    ]
)


@given(st.lists(PIECES, max_size=6).map("".join))
def test_no_mixture_of_pieces_runs_or_leads_away(hostile: str) -> None:
    assert_harmless(str(handbook_html(hostile)))


@pytest.mark.parametrize(
    "address", ["words", "#", "#words", "/help/paper-hour", "../help/words", "words#voice", "/"]
)
def test_links_inside_convo_stay(address: str) -> None:
    html = f'<a href="{address}">there</a>'
    assert str(handbook_html(html)) == html


def test_what_a_help_page_is_made_of_stays_as_it_is() -> None:
    html = (
        "<h1>Help</h1><h2>Two</h2><h3>Three</h3><p><strong>So</strong> <em>and</em> <kbd>Enter</kbd></p>"
        "<ul><li>one</li></ul><ol><li>two</li></ol><figure><figcaption>seen</figcaption></figure>"
        '<table><thead><tr><th scope="col">What</th></tr></thead><tbody><tr><td>x</td></tr></tbody></table>'
        "<details><summary>More</summary><p>Słońce, ہاں, 👩‍👧 &amp; &lt;b&gt;</p></details>"
    )
    assert str(handbook_html(html)) == html


def test_a_tag_that_does_not_work_is_shown_as_it_was_typed() -> None:
    assert handbook_html("<p><u>under</u></p>") == "<p>&lt;u&gt;under&lt;/u&gt;</p>"
