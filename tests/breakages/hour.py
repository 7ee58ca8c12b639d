"""The hour on the tablet, broken: its journal, what is shown of others, and the family's side."""

from tests.breakages.breakage import Breakage

_STORE = "tests/browser/test_store.py::"
_SAVING = "tests/browser/test_saving.py::"
_WITHOUT_WIFI = "tests/browser/test_without_wifi.py::"
_FAMILY = "tests/browser/test_family_without_wifi.py::"
_TAKEN_OUT = "tests/browser/test_taken_out.py::"
_TYPING_ON = "tests/browser/test_typing_on.py::"
_VERSIONS = "tests/browser/test_versions.py::"
_HALF = "tests/browser/test_half_written.py::"
_NOTES = "tests/browser/test_staff_notes.py::"
_SECOND_TAP = "tests/browser/test_second_tap.py::"
_SIGN_IN = "tests/browser/test_sign_in_over_the_page.py::"
_REFUSED = "tests/browser/test_refused.py::"
_SEAL = "tests/browser/test_seal.py::"
_KIT = "tests/browser/test_before_the_kit.py::"

BREAKAGES = (
    Breakage(
        "a new id when a change is sent again",
        "static/hour/journal.js",
        "batch.map(({ n, flying, name, adopted, ...change }) => change)",
        "batch.map(({ n, flying, name, adopted, ...change }) => ({ ...change, id: newId() }))",
        _SAVING + "test_an_answer_that_is_lost_on_its_way_changes_nothing_twice",
    ),
    Breakage(
        "the tablet drops a change before the school has answered",
        "static/hour/journal.js",
        "const answers = this.refused",
        "await store.drop(batch.map((change) => change.id));\n      const answers = this.refused",
        _STORE + "test_what_waits_outlives_a_reload_and_is_shown_again",
    ),
    Breakage(
        "what waits is not taken up again",
        "static/hour/begin.js",
        "  bringBack(waiting);\n",
        "",
        _STORE + "test_what_waits_outlives_a_reload_and_is_shown_again",
    ),
    Breakage(
        "nobody asks what others wrote",
        "static/hour/begin.js",
        "  follow(waiting);\n",
        "",
        _WITHOUT_WIFI + "test_what_another_person_writes_is_seen_within_seconds",
    ),
    Breakage(
        "what one person typed is sent in the name of another",
        "static/hour/journal.js",
        "if (who.person === this.person) {",
        "if (who.person) {",
        _SIGN_IN + "test_while_somebody_else_is_signed_in_the_page_waits_for_its_own_person",
    ),
    Breakage(
        "a page keeps what it can and says nothing where the tablet keeps nothing",
        "static/hour/journal.js",
        'this.dispatchEvent(new Event("memory"));',
        "",
        _STORE + "test_where_the_browser_keeps_nothing_the_page_says_so_and_saves_at_school",
    ),
    Breakage(
        "the tablet does not say which words it takes out",
        "static/hour/versions.js",
        "return base && { base };",
        "return undefined;",
        _VERSIONS + "test_taking_out_what_was_reworded_meanwhile_asks_and_shows_the_new_words",
    ),
    Breakage(
        "what another tab wrote counts as written here",
        "static/hour/journal.js",
        " && this.kept.some(({ id }) => id === change.id)) this.numbers",
        ") this.numbers",
        _TAKEN_OUT + "test_a_second_tab_shows_what_the_first_wrote_and_goes_on_from_there",
    ),
    Breakage(
        "what waits is shown over what was typed before the page got to it",
        "static/hour/follows.js",
        "    const isLast = !isOlder && ",
        "    const isLast = ",
        _TAKEN_OUT + "test_what_is_typed_before_the_page_shows_what_waits_is_not_lost",
    ),
    Breakage(
        "what is being sent is altered while the tablet reads it",
        "static/hour/journal.js",
        "    for (const change of still) change.flying = true;\n",
        "",
        _TYPING_ON + "test_nobody_has_a_conflict_with_themselves_while_they_type",
    ),
    Breakage(
        "an answer that was lost hides what another wrote after it",
        "static/hour/others.js",
        "if (change.flying && changes.some",
        "if (false && changes.some",
        _TYPING_ON + "test_an_answer_that_was_lost_hides_nothing_that_another_wrote_after_it",
    ),
    Breakage(
        "what the school had before hides what others wrote after it",
        "static/hour/others.js",
        "    after[stream] = Math.min(after[stream], number - 1);\n",
        "",
        _TAKEN_OUT + "test_words_whose_answer_was_lost_do_not_hide_what_another_wrote_after_them",
    ),
    Breakage(
        "a question that came since the page was kept is forgotten without wifi",
        "static/hour/others.js",
        'page("cards"))?.drawn ?? []',
        'page("cards"))?.none ?? []',
        _TAKEN_OUT + "test_a_question_that_came_since_the_page_was_kept_outlives_a_reload_without_wifi",
    ),
    Breakage(
        "a colleague's note takes the place of the one that is being typed",
        "static/hour/apply.js",
        "  if (marker && !box.value && author === page.person) {\n    marker.remove();",
        "  {\n    marker?.remove();",
        _NOTES + "test_a_colleagues_note_comes_beside_the_one_that_is_being_typed",
    ),
    Breakage(
        "a note begun on a kept page becomes two",
        "static/hour/begin.js",
        ".filter((blank) => $('[name=\"new\"]', blank)).forEach(renew)",
        ".forEach(renew)",
        _NOTES + "test_a_note_begun_before_a_kept_page_has_caught_up_is_one_note",
    ),
    Breakage(
        "what is done instead of a promise is kept nowhere before it is used",
        "static/hour/drafts.js",
        "= boxes().filter(isHalf).map(",
        "= composers().filter(isHalf).map(",
        _HALF + "test_what_is_done_instead_and_not_used_yet_comes_back_with_the_next_page",
    ),
    Breakage(
        "what is done instead goes when a colleague was quicker",
        "static/hour/follows.js",
        "  saveHalf(box);\n",
        "",
        _HALF + "test_what_is_done_instead_goes_on_as_an_action_when_a_colleague_was_quicker",
    ),
    Breakage(
        "a link loses half a sentence where the tablet keeps nothing",
        "static/hour/drafts.js",
        "if (may && !half) return",
        "if (may) return",
        _HALF + "test_where_the_tablet_keeps_nothing_no_link_of_the_page_loses_half_a_sentence",
    ),
    Breakage(
        "a pause loses what waits where the tablet keeps nothing",
        "static/hour/pause.js",
        "?.controller && !onlyHere() ?",
        "?.controller ?",
        _HALF + "test_where_the_tablet_keeps_nothing_a_pause_leads_out_only_once_all_is_at_school",
    ),
    Breakage(
        "a kept page shows what stood at the question over what was written since",
        "static/hour/versions.js",
        "> (told.number ?? change.number) ?",
        "> Infinity ?",
        _TAKEN_OUT + "test_without_wifi_a_kept_page_shows_what_was_written_since_the_question",
    ),
    Breakage(
        "keeping the first throws away what was typed over it",
        "static/hour/versions.js",
        "if (value !== undefined) steadily(",
        "if (false) steadily(",
        _VERSIONS + "test_what_is_typed_over_the_first_version_is_what_keeping_the_first_keeps",
    ),
    Breakage(
        "who comes second takes the place of who came first",
        "static/hour/who.js",
        "comes(another ? newId() : id, ",
        "comes(id, ",
        _SECOND_TAP + "test_two_who_come_while_the_rest_of_the_page_is_on_its_way_are_two",
    ),
    Breakage(
        "the teacher's page stands behind the family's side",
        "static/hour/hour.css",
        "[data-turned] > :not(.turned, .cover, .fictional) { display: none !important }",
        "",
        _FAMILY + "test_nothing_but_the_familys_side_is_there_and_no_way_of_the_browser_leads_out",
    ),
    Breakage(
        "the browser's way back leads out of the family's side",
        "static/hour/turned.js",
        """  if (turnedTo) history.pushState({}, "", turnedTo);\n  return turnedTo;""",
        "",
        _FAMILY + "test_nothing_but_the_familys_side_is_there_and_no_way_of_the_browser_leads_out",
    ),
    Breakage(
        "a carer reads on the tablet what one kept apart from them said",
        "static/hour/turned.js",
        "carerOf(voice) ? apart.includes(voice.who)",
        "carerOf(voice) ? false",
        _FAMILY + "test_the_tablet_makes_in_urdu_what_the_school_makes",
    ),
    Breakage(
        "a carer reads on the tablet the name of one kept apart from them",
        "static/hour/turned.js",
        "names.some((name) => folded(text).includes(name))",
        "false",
        _FAMILY + "test_the_tablet_makes_in_urdu_what_the_school_makes",
    ),
    Breakage(
        "what is only for who said it is shown while others are there",
        "static/hour/turned.js",
        "family.every((each) => each.id === said)",
        "family.some((each) => each.id === said)",
        _FAMILY + "test_a_word_for_its_speaker_alone_goes_from_sight_while_anybody_else_is_there",
    ),
    Breakage(
        "a tap that is taken up on two tablets counts twice",
        "static/hour/taps.js",
        """act("pick", about, id)""",
        """act("pick", about)""",
        "tests/browser/test_taps_without_wifi.py::test_what_another_tablet_got_tapped_can_be_taken_up_on_both_and_is_one_priority",
    ),
    Breakage(
        "a change that waits names something that the school gets after it",
        "static/hour/journal.js",
        " && !early) Object.assign(",
        ") Object.assign(",
        "tests/browser/test_unsent_order.py::"
        "test_a_priority_made_without_an_answer_takes_in_what_was_said_after_it",
    ),
    Breakage(
        "a sending that failed once fails for good",
        "static/hour/journal.js",
        "this.#send().catch(() => { this.#withoutTablet(); })",
        "this.#send()",
        "tests/browser/test_unreadable.py::test_a_tablet_whose_database_fails_between_typing_and_sending_still_sends",
    ),
    Breakage(
        "what the school refuses is gone",
        "static/hour/journal.js",
        "if (this.#stays(change)) await",
        "if (false) await",
        _SAVING + "test_words_that_are_too_long_stay_on_the_tablet_until_they_are_shortened",
    ),
    Breakage(
        "the school's answer takes a space away from who types",
        "static/hour/follows.js",
        "shown.filter((change) => journal.numbers.get(nameOf(change))?.id !== change.id)",
        "shown",
        _SAVING + "test_a_pause_after_a_space_takes_no_space_away",
    ),
    Breakage(
        "two quick taps close the meeting",
        "static/hour/follows.js",
        'style.pointerEvents = "none";',
        "",
        _SECOND_TAP + "test_two_taps_on_next_do_not_close_the_meeting",
    ),
    Breakage(
        "a meeting closes without the words that the school refused",
        "static/hour/journal.js",
        'this.refused.size && batch[0].thing === "seal"',
        "false",
        _REFUSED + "test_what_the_school_refuses_keeps_a_meeting_open_that_was_agreed_without_wifi",
    ),
    Breakage(
        "an answer that is refused leaves its question behind",
        "static/hour/journal.js",
        "at, name, settles, ...more };",
        "at, name, ...more };",
        _REFUSED + "test_an_answer_to_two_versions_that_is_too_long_settles_them_once_it_is_shortened",
    ),
    Breakage(
        "what is written at the end of a sending is called saved",
        "static/hour/journal.js",
        " || !known.includes(change)",
        "",
        _TYPING_ON + "test_what_is_written_at_the_end_of_a_sending_is_not_called_saved",
    ),
    Breakage(
        "a line that the page never had counts as seen",
        "static/hour/seal.js",
        "if (!blind) seen = newest;",
        "seen = newest;",
        _SEAL + "test_what_another_put_back_and_this_page_never_had_is_looked_at_before_it_is_agreed",
    ),
    Breakage(
        "half a sentence is not kept any more once leaving was stopped",
        "static/hour/drafts.js",
        "if (!goes) keepingHalf ??= setTimeout(keepHalf, KEEP_HALF);",
        "keepingHalf ??= setTimeout(() => goes || keepHalf(), KEEP_HALF);",
        _HALF + "test_half_a_sentence_is_kept_again_after_leaving_was_stopped",
    ),
    Breakage(
        "half a sentence goes because another line says the same",
        "static/hour/drafts.js",
        "controls(name).some((other) => other !== box && (key >= 0 ||",
        '$$("textarea").some((other) => other !== box && (',
        _HALF + "test_half_a_sentence_comes_back_though_another_line_says_the_same",
    ),
    Breakage(
        "two versions that come before the kit are lost",
        "static/hour/versions.js",
        'if (!$("#row-conflict")) return journal',
        "if (false) return journal",
        _KIT + "test_two_versions_are_asked_about_once_it_is_here",
    ),
)
