"""The school's half, broken: what it judges, writes, sets aside and acknowledges."""

from tests.breakages.breakage import Breakage

_JOURNAL = "tests/conversation/test_journal.py::"
_REMOVED = "tests/conversation/test_removed_meanwhile.py::"
_ASIDE = "tests/conversation/test_journal_aside.py::"
_LEFT = "tests/hour/test_left_behind.py::"

BREAKAGES = (
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
        _REMOVED + "test_an_edit_of_what_was_removed_meanwhile_is_kept_as_a_conflict",
    ),
    Breakage(
        "what is made under something removed is nobody's business",
        "conversation/judging.py",
        "accepted = ChangeOutcome.CONFLICT if under_removed else ChangeOutcome.APPLIED",
        "accepted = ChangeOutcome.APPLIED",
        _REMOVED + "test_what_is_made_under_something_removed_is_kept_and_shown_as_a_conflict",
    ),
    Breakage(
        "what was reworded meanwhile is taken out unread",
        "conversation/judging.py",
        "return bool(base.value == self.rows[change.thing, change.thing_id].values.get(words.column))",
        "return True",
        _REMOVED + "test_what_was_reworded_since_it_was_seen_is_not_taken_out_but_asked_about",
    ),
    Breakage(
        "what another wrote is agreed though the tablet had not seen it",
        "conversation/closing.py",
        "    if name is not None:\n",
        "    if False:\n",
        "tests/hour/test_seal.py::test_what_another_wrote_and_the_tablet_had_not_seen_was_not_agreed_and_stops_it",
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
        "who saw an older value writes over a newer one",
        "conversation/judging.py",
        "return base.field == change.field and bool(base.value == held)",
        "return base.field == change.field",
        "tests/conversation/test_journal_interleavings.py::test_nothing_is_lost_and_nothing_is_applied_twice",
    ),
    Breakage(
        "a form that is sent again moves a line again",
        "conversation/judging.py",
        "if field_of(change.thing, change.field).last_wins:",
        "if False:",
        "tests/hour/test_plain_forms.py::test_moving_a_line_counts_once_however_often_the_page_is_sent",
    ),
    Breakage(
        "other words under a known id are nowhere",
        "conversation/judging.py",
        "return replace(self.take(other), id=change.id) if other else self.known[change.id]",
        "return self.known[change.id]",
        "tests/conversation/test_one_id_twice.py::test_other_words_under_a_known_id_are_taken_in_behind_it_once",
    ),
)
