"""What convo promises of the hour, each broken on purpose, and the test that must then fail.

A test that cannot fail holds nothing. ``python -m tests.breakages`` makes each breakage in a copy of convo,
by itself, and runs its test there; ``python -m tests.breakages tablet key`` those whose names hold a word.
"""

from dataclasses import dataclass

_STORE = "tests/browser/test_store.py::"
_SAVING = "tests/browser/test_saving.py::"
_WITHOUT_WIFI = "tests/browser/test_without_wifi.py::"
_FAMILY = "tests/browser/test_family_without_wifi.py::"
_JOURNAL = "tests/conversation/test_journal.py::"
_ASIDE = "tests/conversation/test_journal_aside.py::"
_TAKEN_OUT = "tests/browser/test_taken_out.py::"
_TYPING_ON = "tests/browser/test_typing_on.py::"
_VERSIONS = "tests/browser/test_versions.py::"
_HALF = "tests/browser/test_half_written.py::"
_NOTES = "tests/browser/test_staff_notes.py::"
_SECOND_TAP = "tests/browser/test_second_tap.py::"
_LEFT = "tests/hour/test_left_behind.py::"
_SIGN_IN = "tests/browser/test_sign_in_over_the_page.py::"
_SIGNING_OUT = "tests/browser/test_signing_out.py::"


@dataclass(frozen=True)
class Breakage:
    """A line of convo (a path within the package) said otherwise, and the test that notices."""

    name: str
    path: str
    line: str
    instead: str
    caught_by: str


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
        "const answers = await this.#post(",
        "await store.drop(batch.map((change) => change.id));\n      const answers = await this.#post(",
        _STORE + "test_what_waits_outlives_a_reload_and_is_shown_again",
    ),
    Breakage(
        "the school acknowledges before it commits",
        "web/transaction.py",
        "            work.session.commit()\n",
        "            try:\n                work.session.commit()\n"
        "            except Exception:\n                pass\n",
        "tests/web/test_transaction.py::"
        "test_a_commit_that_fails_is_an_error_page_and_never_a_page_that_says_saved",
    ),
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
        "one key for everybody",
        "access/rules.py",
        'f"tablet v1 {person_id}".encode()',
        'b"tablet v1"',
        "tests/access/test_session.py::"
        "test_each_person_has_one_key_for_what_waits_on_a_tablet_at_every_sign_in",
    ),
    Breakage(
        "signing out wipes nothing",
        "access/views/sign_in.py",
        """'"cache"' if others_wait else '"cache", "storage"'""",
        """'"cache"'""",
        "tests/browser/test_on_the_disk.py::test_words_never_stand_on_the_disk_and_signing_out_leaves_nothing",
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
        "the last to write wins",
        "conversation/judging.py",
        "if edits_removed or not self._has_seen(change, held):",
        "if False:",
        _JOURNAL + "test_of_two_people_who_change_one_field_both_texts_are_kept",
    ),
    Breakage(
        "a change that came before is applied again",
        "conversation/judging.py",
        "if change.id in self.known:",
        "if False:",
        _JOURNAL + "test_a_change_sent_again_gets_its_first_answer_and_is_not_applied_again",
    ),
    Breakage(
        "an edit of what was removed goes through unseen",
        "conversation/judging.py",
        'edits_removed = row.values.get("removed") and change.field != "removed"',
        "edits_removed = False",
        _JOURNAL + "test_an_edit_of_what_was_removed_meanwhile_is_kept_as_a_conflict",
    ),
    Breakage(
        "what is made under something removed is nobody's business",
        "conversation/judging.py",
        "accepted = ChangeOutcome.CONFLICT if under_removed else ChangeOutcome.APPLIED",
        "accepted = ChangeOutcome.APPLIED",
        _JOURNAL + "test_what_is_made_under_something_removed_is_kept_and_shown_as_a_conflict",
    ),
    Breakage(
        "what was reworded meanwhile is taken out unread",
        "conversation/judging.py",
        "return bool(base.value == self.rows[change.thing, change.thing_id].values.get(words.column))",
        "return True",
        _JOURNAL + "test_what_was_reworded_since_it_was_seen_is_not_taken_out_but_asked_about",
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
        "what another wrote is agreed though the tablet had not seen it",
        "conversation/closing.py",
        "    if name is not None:\n",
        "    if False:\n",
        "tests/hour/test_seal.py::test_what_another_wrote_and_the_tablet_had_not_seen_was_not_agreed_and_stops_it",
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
        "a closed meeting changes",
        "conversation/judging.py",
        "        if self.aside:\n",
        "        if False:\n",
        _ASIDE + "test_what_reaches_a_closed_meeting_is_kept_aside",
    ),
    Breakage(
        "who was taken out of a meeting can never send what waits",
        "conversation/writers.py",
        "    if not had_a_part(session, meeting.id, meeting.lead_id, actor.person_id):",
        "    if True:",
        _ASIDE + "test_what_comes_from_who_was_taken_out_is_kept_aside_and_shows_them_nothing_of_others",
    ),
    Breakage(
        "a refused change takes the batch with it",
        "conversation/judging.py",
        "        except Refused as refusal:\n            if change.thing",
        "        except Refused as refusal:\n            raise\n            if change.thing",
        _JOURNAL + "test_pointing_out_of_the_meeting_is_refused_and_the_rest_of_the_batch_goes_through",
    ),
    Breakage(
        "a file is taken in from whoever holds it",
        "conversation/unsent.py",
        "        if author_id != person_id:\n",
        "        if False:\n",
        "tests/hour/test_take_in.py::test_a_file_is_refused_from_anybody_but_who_wrote_it",
    ),
    Breakage(
        "the teacher's page stands behind the family's side",
        "static/hour/hour.css",
        "[data-turned] > :not(.turned, .cover, .fictional) { display: none !important }",
        "",
        _FAMILY + "test_nothing_but_the_familys_side_is_there_and_no_way_of_the_browser_leads_out",
    ),
    Breakage(
        "a family's page that is loaded again shows the teacher's for a moment",
        "static/tablet/shell.js",
        """  if (family) document.body.dataset.turned = "";\n""",
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
        "the browser's way back leads from the family's side to a page of the staff",
        "static/tablet/cover.js",
        "if (away) location.replace(to);",
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
        "what somebody wrote who has not left is opened",
        "conversation/left_behind.py",
        "if person in left and meeting in here",
        "if meeting in here",
        _LEFT + "test_of_somebody_who_works_here_nothing_is_asked_for_opened_or_kept",
    ),
    Breakage(
        "what a leaver wrote is kept aside each time it comes",
        "conversation/setting_aside.py",
        'if each["id"] in known:',
        "if False:",
        _LEFT + "test_what_a_leaver_wrote_is_kept_aside_once_as_theirs_and_changes_nothing",
    ),
    Breakage(
        "the tablet keeps what a leaver wrote for ever",
        "static/tablet/left-behind.js",
        "changes.filter(there).map(",
        "[].map(",
        "tests/browser/test_left_behind.py::test_what_a_leaver_had_written_goes_to_the_senco_and_from_the_tablet",
    ),
    Breakage(
        "a sending that failed once fails for good",
        "static/hour/journal.js",
        "this.#send().catch(() => { this.#withoutTablet(); })",
        "this.#send()",
        "tests/browser/test_unreadable.py::test_a_tablet_whose_database_fails_between_typing_and_sending_still_sends",
    ),
    Breakage(
        "what cannot be opened any more holds up what is typed",
        "static/tablet/store.js",
        "filter(({ lost, refused }) => !lost && !refused)",
        "filter(({ refused }) => !refused)",
        "tests/browser/test_unreadable.py::test_what_cannot_be_opened_any_more_holds_nothing_up_and_the_page_tells_of_it",
    ),
    Breakage(
        "what the school refuses is gone",
        "static/hour/journal.js",
        "if (this.#stays(...pair)) await",
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
        "two quick taps close the meeting",
        "static/hour/follows.js",
        'style.pointerEvents = "none";',
        "",
        _SECOND_TAP + "test_two_taps_on_next_do_not_close_the_meeting",
    ),
    Breakage(
        "who saw an older value writes over a newer one",
        "conversation/judging.py",
        "return base.field == change.field and bool(base.value == held)",
        "return base.field == change.field",
        "tests/conversation/test_journal_interleavings.py::test_nothing_is_lost_and_nothing_is_applied_twice",
    ),
)
