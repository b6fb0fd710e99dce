"""The interview cards: two for each question, with options that are worth a reply."""

from collections import Counter

import pytest

from cachelab.lab.cards import LEVELS, Card, cards, deck

every_card = pytest.mark.parametrize("card", cards(), ids=lambda card: card.question[:40])


def test_each_of_the_fifteen_questions_has_two_cards() -> None:
    assert Counter(card.number for card in cards()) == dict.fromkeys(range(1, 16), 2)


def test_the_levels_are_those_of_the_questions_in_their_order() -> None:
    assert [card.number for card in cards()] == sorted(card.number for card in cards())
    assert {card.level for card in cards()} == set(LEVELS)


@every_card
def test_a_card_has_three_options_with_replies_of_their_own(card: Card) -> None:
    replies = dict(card.options)
    assert len(replies) == len(set(replies.values())) == 3
    assert card.right in replies


@every_card
def test_the_right_option_is_not_told_by_a_reply_that_says_yes_elsewhere(card: Card) -> None:
    wrong = [reply for option, reply in card.options if option != card.right]
    assert not any(reply.startswith("Yes") for reply in wrong)


def test_the_right_option_stands_at_each_place_about_as_often() -> None:
    places = Counter([option for option, _ in card.options].index(card.right) for card in cards())
    assert min(places.values()) >= 8


def test_a_deck_shows_the_cards_of_a_level() -> None:
    assert [form.right for form in deck("design")] == [card.right for card in cards("design")]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown level 'expert'"):
        cards("expert")
