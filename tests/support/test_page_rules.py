"""Each rule about pages can fail, and says what is wrong."""

import pytest
from flask import Flask, request

from tests.support.client import PageClient
from tests.support.page_rules import RULES, check, direction_of

GOOD = """<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><title>Pupils – convo</title></head>
<body>
<h1>Pupils</h1>
<p>From Monday 30 November 2026, in 2026/27.
<span lang="ur" dir="rtl">چائے <b lang="en" dir="ltr">tea</b></span></p>
<form method="post"><input type="hidden" name="csrf_token" value="x">
<label for="n">Name</label><input id="n" name="n" aria-describedby="hint">
<p id="hint">As the family writes it.</p>
<fieldset><legend>Way</legend><label><input type="radio" name="way" value="a"> School</label></fieldset>
<button>Save</button></form>
<a href="#n">To the name</a><img src="/a.svg" alt="">
</body></html>"""

BROKEN = [
    ("valid_html", "<p>From", "<p></div>From"),
    ("valid_html", "<b lang", "<b lang='x' lang"),
    ("one_h1", "<h1>Pupils</h1>", "<h2>Pupils</h2>"),
    ("one_h1", "<h1>Pupils</h1>", "<h1>Pupils</h1><h1>Pupils</h1>"),
    ("title_starts_with_h1", "<title>Pupils", "<title>convo – Pupils"),
    ("title_says_error", '<input id="n"', '<input id="n" aria-invalid="true"'),
    ("unique_ids", '<p id="hint">', '<p id="hint"><i id="n">x</i>'),
    ("labelled_controls", '<label for="n">Name</label>', "Name"),
    ("labelled_controls", '<label for="n">Name</label>', '<label for="n"> </label>'),
    ("grouped_choices", "<fieldset><legend>Way</legend>", "<fieldset>"),
    ("grouped_choices", "<button>", '<label><input type="radio" name="x"> x</label><button>'),
    ("page_language", '<html lang="en" dir="ltr">', '<html dir="ltr">'),
    ("page_language", '<html lang="en" dir="ltr">', '<html lang="en">'),
    ("direction_of_pieces", '<span lang="ur" dir="rtl">', '<span lang="ur">'),
    ("direction_of_pieces", '<span lang="ur" dir="rtl">', '<span lang="ur" dir="ltr">'),
    ("direction_of_pieces", '<b lang="en" dir="ltr">', '<b lang="en">'),
    ("nothing_inline", "<p>From", "<p style='color: red'>From"),
    ("nothing_inline", "<button>", '<button onclick="go()">'),
    ("nothing_inline", "</body>", "<script>1</script></body>"),
    ("nothing_inline", "</head>", "<style>p {}</style></head>"),
    ("nothing_inline", 'href="#n"', 'href="javascript:go()"'),
    ("links_and_buttons_say_something", "<button>Save</button>", "<button> </button>"),
    ("references_lead_somewhere", 'id="hint"', 'id="hints"'),
    ("references_lead_somewhere", 'href="#n"', 'href="#gone"'),
    ("references_lead_somewhere", 'for="n"', 'for="m"'),
    ("pictures_described", ' alt=""', ""),
    ("forms_say_how", ' method="post"', ""),
    ("forms_say_how", 'name="csrf_token"', 'name="token"'),
    ("dates_in_words", "Monday 30 November 2026", "30/11/2026"),
    ("dates_in_words", "Monday 30 November 2026", "2026-11-30"),
]


# Breaking one thing may break what leans on it.
FOLLOW_ON = {
    "labelled_controls": {"references_lead_somewhere"},
    "references_lead_somewhere": {"labelled_controls"},
    "unique_ids": {"references_lead_somewhere"},
    "nothing_inline": {"references_lead_somewhere"},
    "one_h1": {"title_starts_with_h1"},
    "forms_say_how": {"valid_html"},
    "title_says_error": {"valid_html"},
}


def test_a_good_page_passes() -> None:
    check(GOOD)


@pytest.mark.parametrize(("rule", "was", "becomes"), BROKEN)
def test_each_rule_can_fail_and_be_left_out_by_name(rule: str, was: str, becomes: str) -> None:
    page = GOOD.replace(was, becomes, 1)
    assert page != GOOD
    with pytest.raises(AssertionError, match=f"(?m)^{rule}: "):
        check(page)
    if rule != "valid_html":
        check(page, skip={rule, *FOLLOW_ON.get(rule, ())})


def test_every_rule_is_seen_to_fail_here() -> None:
    assert {rule for rule, *_ in BROKEN} == {*RULES, "valid_html"}


def test_a_rule_that_does_not_exist_cannot_be_left_out() -> None:
    with pytest.raises(AssertionError, match="no such rule"):
        check(GOOD, skip={"one_h2"})


def test_direction_follows_the_script_before_the_language() -> None:
    assert [direction_of(tag) for tag in ("ur", "pa", "pa-Arab", "ku", "az-Arab", "zh-Hant", "ar-Latn")] == [
        "rtl", "ltr", "rtl", "ltr", "rtl", "ltr", "ltr",
    ]  # fmt: skip


SECOND_FORM = """<form method="post" action="/sent"><input type="hidden" name="csrf_token" value="y">
<fieldset><legend>Ways</legend><label><input type="checkbox" name="way" value="a" checked> A</label>
<label><input type="checkbox" name="way" value="b"> B</label></fieldset>
<label>Size <select name="size">
<option value="">Choose</option><option value="s" selected>Small</option></select>
</label><label>Words <textarea name="words">
kept</textarea></label><button name="do" value="add">Add</button>
<button name="do" value="store">Store</button>
</form><a href="?page=2">More</a>"""


@pytest.fixture
def client() -> PageClient:
    app = Flask("visited")
    app.add_url_rule("/list", "list", lambda: GOOD.replace("</body>", SECOND_FORM + "</body>"))

    def sent() -> str:
        answers = " ".join(f"{name}={value}" for name, value in sorted(request.form.items(multi=True)))
        return GOOD.replace("As the family writes it.", answers)

    app.add_url_rule("/sent", "sent", sent, methods=["POST"])
    return PageClient(app)


def test_a_form_is_sent_as_a_browser_sends_it(client: PageClient) -> None:
    client.get("list")
    page = client.submit("Store")
    assert page.one("//*[@id='hint']").text == "csrf_token=y do=store size=s way=a words=kept"
    client.get("list")
    page = client.submit("Store", way=["b", "a"], size=None, words="new words")
    assert page.one("//*[@id='hint']").text == "csrf_token=y do=store way=a way=b words=new words"


def test_what_the_page_does_not_offer_cannot_be_done(client: PageClient) -> None:
    client.get("/list")
    for attempt, complaint in [
        (lambda: client.follow("Nowhere"), "has no link “Nowhere”"),
        (lambda: client.submit("Send"), "has no button “Send”"),
        (lambda: client.submit("Add", colour="red"), "has no field colour"),
        (lambda: client.submit("Add", size="xl"), "does not offer"),
        (lambda: client.submit("Add", way=["c"]), "does not offer"),
        (lambda: client.get("/gone"), "404"),
    ]:
        with pytest.raises(AssertionError, match=complaint):
            attempt()


def test_links_are_followed_from_where_the_page_stands(client: PageClient) -> None:
    client.get("/list")
    assert client.follow("More").path == "/list?page=2"
