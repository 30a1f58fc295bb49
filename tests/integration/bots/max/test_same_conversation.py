"""The residents' conversation is one: what holds in Telegram is run here as it stands there.

Left out are the tests of what MAX has not (signs at messages, albums of several messages, keys
below the input line, a menu in two languages); test_conversation.py says what there is instead.
"""

from __future__ import annotations

from tests.integration.bots.talks.test_main_job import (
    test_a_message_becomes_a_case_and_a_swipe_reply_the_answer,
    test_plain_text_never_goes_out,
)
from tests.integration.bots.talks.test_operator_desk import (
    test_blocked_resident_is_said_with_the_reason_and_retried,
    test_closing_shows_what_the_resident_will_get,
    test_edit_of_a_resident_is_shown_as_before_and_after,
)
from tests.integration.bots.talks.test_resident import (
    test_adding_to_an_older_case,
    test_five_cases_a_page,
    test_greeting_list_and_new_case,
    test_language_is_kept_whatever_the_device_says,
    test_own_phone_is_proven,
    test_withdrawing,
)
from tests.integration.bots.talks.test_resident_screens import (
    test_a_cancelled_case_can_be_taken_up_again,
    test_a_case_of_mine_is_shown_with_its_last_words,
    test_a_flat_that_is_corrected_is_noted_anew,
    test_a_link_that_leads_nowhere_greets_all_the_same,
    test_a_message_on_a_closed_case_is_told_by_a_new_card,
    test_a_result_without_words_is_rated_at_the_card,
    test_an_old_button_says_what_is_so_now,
    test_one_card_goes_through_all_states,
    test_out_of_hours_the_card_says_when_there_will_be_an_answer,
    test_the_flat_need_not_be_told,
    test_the_link_of_a_house_names_it_and_the_flat_completes_it,
    test_what_is_wrong_in_another_house_is_a_case_of_its_own,
    test_what_staff_wrote_down_is_not_overwritten_by_a_sheet,
    test_what_stands_in_the_chat_follows_the_language,
    test_when_nobody_is_on_shift_the_card_says_so,
    test_whoever_writes_at_once_what_happened_is_not_asked_again,
)

__all__ = [
    "test_a_cancelled_case_can_be_taken_up_again",
    "test_a_case_of_mine_is_shown_with_its_last_words",
    "test_a_flat_that_is_corrected_is_noted_anew",
    "test_a_link_that_leads_nowhere_greets_all_the_same",
    "test_a_message_becomes_a_case_and_a_swipe_reply_the_answer",
    "test_a_message_on_a_closed_case_is_told_by_a_new_card",
    "test_a_result_without_words_is_rated_at_the_card",
    "test_adding_to_an_older_case",
    "test_an_old_button_says_what_is_so_now",
    "test_blocked_resident_is_said_with_the_reason_and_retried",
    "test_closing_shows_what_the_resident_will_get",
    "test_edit_of_a_resident_is_shown_as_before_and_after",
    "test_five_cases_a_page",
    "test_greeting_list_and_new_case",
    "test_language_is_kept_whatever_the_device_says",
    "test_one_card_goes_through_all_states",
    "test_out_of_hours_the_card_says_when_there_will_be_an_answer",
    "test_own_phone_is_proven",
    "test_plain_text_never_goes_out",
    "test_the_flat_need_not_be_told",
    "test_the_link_of_a_house_names_it_and_the_flat_completes_it",
    "test_what_is_wrong_in_another_house_is_a_case_of_its_own",
    "test_what_staff_wrote_down_is_not_overwritten_by_a_sheet",
    "test_what_stands_in_the_chat_follows_the_language",
    "test_when_nobody_is_on_shift_the_card_says_so",
    "test_whoever_writes_at_once_what_happened_is_not_asked_again",
    "test_withdrawing",
]
