"""What the tablet keeps, broken: its store, its keys, the page without wifi, signing out and the cover."""

from tests.breakages.breakage import Breakage

_STORE = "tests/browser/test_store.py::"
_WITHOUT_WIFI = "tests/browser/test_without_wifi.py::"
_FAMILY = "tests/browser/test_family_without_wifi.py::"
_SIGNING_OUT = "tests/browser/test_signing_out.py::"
_TWO_TABS = "tests/browser/test_two_tabs.py::"

BREAKAGES = (
    Breakage(
        "a change that is on its way is altered",
        "static/tablet/store.js",
        "if (n && (!before || before.flying)) Object",
        "if (n && !before) Object",
        _STORE + "test_what_another_tab_is_sending_stays_as_it_was_sent",
    ),
    Breakage(
        "words lie on the tablet as they were typed",
        "static/tablet/store.js",
        "return { v, id, n, base, conversation, ...await",
        "return { v, id, n, base, conversation, value: said.value, ...await",
        _STORE + "test_nothing_on_the_tablet_can_be_read_and_nobody_else_sends_it",
    ),
    Breakage(
        "the tablet tells that a page about a concern was opened",
        "static/tablet/store.js",
        "return { v, id, n, base, conversation, ...await",
        "return { v, id, n, base, conversation, field: said.field, ...await",
        "tests/browser/test_pause.py::test_without_wifi_a_pause_and_what_is_behind_it_come_from_the_tablet",
    ),
    Breakage(
        "signing out wipes before it sends",
        "static/tablet/signed-in.js",
        'if (mine.length && !(who && await send(mine, who).catch(() => false))) return says("waits");',
        "",
        _STORE + "test_signing_out_sends_first_and_then_leaves_nothing_on_the_tablet",
    ),
    Breakage(
        "signing out takes away what waits of somebody else",
        "static/tablet/signed-in.js",
        "if (others) {",
        "if (false) {",
        _STORE + "test_signing_out_takes_nothing_away_that_waits_of_somebody_else",
    ),
    Breakage(
        "a tablet that was locked opens without the school",
        "static/tablet/shell.js",
        "if (await caches.has(LOCKED)) {",
        "if (false) {",
        _WITHOUT_WIFI + "test_without_wifi_signing_out_locks_the_tablet_until_the_school_answers",
    ),
    Breakage(
        "the service worker keeps pages with words in them",
        "static/tablet/sw.js",
        "return [502, 503, 504].includes(response.status) ? shell() : response;",
        "(await caches.open(CACHE)).put(request, response.clone());\n    return response;",
        _WITHOUT_WIFI + "test_what_the_browser_caches_holds_nobodys_words",
    ),
    Breakage(
        "a server that hangs is waited for",
        "static/tablet/sw.js",
        "const PATIENCE = 4000;",
        "const PATIENCE = 4e8;",
        _WITHOUT_WIFI + "test_a_killed_server_and_a_server_that_hangs_lose_nothing",
    ),
    Breakage(
        "a family's page that is loaded again shows the teacher's for a moment",
        "static/tablet/shell.js",
        """  if (family) document.body.dataset.turned = "";\n""",
        "",
        _FAMILY + "test_nothing_but_the_familys_side_is_there_and_no_way_of_the_browser_leads_out",
    ),
    Breakage(
        "the browser's way back leads from the family's side to a page of the staff",
        "static/tablet/cover.js",
        "if (away) location.replace(to);",
        "",
        _FAMILY + "test_nothing_but_the_familys_side_is_there_and_no_way_of_the_browser_leads_out",
    ),
    Breakage(
        "the tablet keeps what a leaver wrote for ever",
        "static/tablet/left-behind.js",
        "changes.filter(there).map(",
        "[].map(",
        "tests/browser/test_left_behind.py::test_what_a_leaver_had_written_goes_to_the_senco_and_from_the_tablet",
    ),
    Breakage(
        "what cannot be opened any more holds up what is typed",
        "static/tablet/store.js",
        "filter(({ lost, refused }) => !lost && !refused)",
        "filter(({ refused }) => !refused)",
        "tests/browser/test_unreadable.py::test_what_cannot_be_opened_any_more_holds_nothing_up_and_the_page_tells_of_it",
    ),
    Breakage(
        "a tab keeps the key of who had it before",
        "static/tablet/signed-in.js",
        'if (![null, person].includes(sessionStorage.getItem("person"))) sessionStorage.clear();',
        "",
        _SIGNING_OUT + "test_the_next_person_in_the_same_tab_sees_nothing_of_the_first_without_wifi",
    ),
    Breakage(
        "signing out on a page that was left over signs somebody else out",
        "static/tablet/signed-in.js",
        "if (who?.signed_in && who.person !== person) return location.reload();",
        "",
        _SIGNING_OUT + "test_signing_out_on_a_page_that_was_left_over_takes_away_nothing_that_waits",
    ),
    Breakage(
        "what was never added goes without a word",
        "static/tablet/signed-in.js",
        "const [half] = gone ? []",
        "const [half] = true ? []",
        _SIGNING_OUT + "test_signing_out_tells_what_was_typed_and_never_added",
    ),
    Breakage(
        "what another tab was told of is altered",
        "static/tablet/store.js",
        "const records = await this.#asTheyAre().catch(",
        "const records = await Promise.reject().catch(",
        _TWO_TABS + "test_who_types_on_in_both_is_asked_which_holds",
    ),
    Breakage(
        "a database that is silent counts as an empty one",
        "static/tablet/signed-in.js",
        "({ mine: [], others: true, silent: true })",
        "({ mine: [], halves: [], others: false })",
        _SIGNING_OUT + "test_a_tablet_whose_database_is_silent_asks_before_it_signs_out_and_wipes_nothing",
    ),
    Breakage(
        "every browser is taken to list its databases",
        "static/tablet/whose.js",
        "await (indexedDB.databases ? listed() : opens());",
        "await listed();",
        _SIGNING_OUT
        + "test_a_browser_that_does_not_list_its_databases_sends_first_and_keeps_what_is_of_others",
    ),
    Breakage(
        "asking for the tablet's database makes it",
        "static/tablet/whose.js",
        "request.transaction.abort();",
        "",
        _SIGNING_OUT + "test_a_browser_that_does_not_list_its_databases_is_given_none_by_asking",
    ),
)
