"""
Exercise 13: slots of a cluster, reads by slot, hot keys in bounded memory, a near cache.
"""

from dataclasses import replace
from typing import Any

from cachelab.grading.exercise import Check, Exercise, in_turn
from cachelab.grading.functions import compare_function
from cachelab.grading.relations import Relation, play_relations
from cachelab.grading.scaling import weigh_object
from cachelab.grading.stories import Tale
from cachelab.grading.telling import explore_scenes, play_tales

from .hot_cases import (
    draw_few,
    draw_many,
    draw_weight,
    find_bad_estimate,
    find_lost_key,
    find_silence,
    find_wrong_count,
)
from .near_case import READ, SCENES, VALUES, NearModel, NearWorld, drawing
from .near_case import ROWS as NEAR_ROWS
from .slot_cases import (
    NAMES,
    ROWS,
    SlotModel,
    SlotWorld,
    draw_odd_key,
    draw_plain_key,
    draw_tagged_key,
    drawing_mget,
    expect_slot,
    find_misread_braces,
    find_other_modulus,
    find_strayed_tag,
    has_no_tag,
    has_tag,
    is_plain,
    simpler_keys,
)

_VALUES = frozenset({"mget_by_slot"})
MGET = Tale(SlotWorld, SlotModel, (ROWS,), drawing_mget(*NAMES), judged=_VALUES)
MGET_CALLS = Tale(SlotWorld, SlotModel, (ROWS,), drawing_mget(*NAMES))
ONE_TAG = Tale(SlotWorld, SlotModel, (ROWS,), drawing_mget("{u1}a", "{u1}b", "{u1}zz"))


def _hot(draw: Any, find: Any) -> Relation:
    return Relation(draw, find, ("hot",))


def _near(kinds: str, **options: Any) -> Tale:
    return Tale(NearWorld, NearModel, (NEAR_ROWS,), drawing(kinds, **options))


_MIXED_UP = "the answers are not those of the keys"
_TOO_OFTEN = "the client is called too often"
_KEPT = "an old answer is kept after the news"
_WEIGHED = weigh_object(
    draw_weight,
    what="requests, each for a new key",
    why="with capacity counters, whoever makes up keys cannot fill your memory",
)
NEAR = Tale(NearWorld, NearModel)
KEEPS: tuple[Any, ...] = (NEAR_ROWS, (READ, READ, ("@asked",)))

CHECKS = (
    Check(
        "keyslot",
        4,
        "keyslot: CRC-16 of the whole key",
        in_turn(
            find_other_modulus,
            compare_function(
                "keyslot",
                draw_plain_key,
                expect_slot,
                message="a key is in another slot",
                valid=is_plain,
                simpler=simpler_keys,
            ),
        ),
        hints=(
            "There are many CRC-16; which one does Redis Cluster use?",
            "XMODEM: polynomial 0x1021, initial value 0, over the UTF-8 bytes of the key.",
            "binascii.crc_hqx(key.encode(), 0) % 16384",
        ),
        subject="keyslot",
    ),
    Check(
        "keyslot_tag",
        4,
        "keyslot: only the tag between braces counts",
        compare_function(
            "keyslot",
            draw_tagged_key,
            expect_slot,
            message="a tagged key is in another slot",
            valid=has_tag,
            simpler=simpler_keys,
        ),
        after=("keyslot",),
        apart=find_strayed_tag,
        hints=(
            "Which brace ends the tag, if there are several?",
            "From the first { to the first } after it; a second { in between is part of the tag.",
            "start = key.find('{'); end = key.find('}', start + 1)",
        ),
        subject="keyslot",
    ),
    Check(
        "keyslot_edges",
        2,
        "keyslot: an empty or unclosed tag is no tag",
        compare_function(
            "keyslot",
            draw_odd_key,
            expect_slot,
            message="braces without a tag are misread",
            valid=has_no_tag,
            simpler=simpler_keys,
        ),
        after=("keyslot",),
        apart=find_misread_braces,
        hints=(
            "What should {} hash to: nothing at all?",
            "If nothing stands between the first { and the next }, the whole key is hashed.",
            "Look at the first { only: a{}b{c} has an empty tag, so all of it is hashed.",
        ),
        subject="keyslot",
    ),
    Check(
        "mget_values",
        4,
        "mget_by_slot: one answer for each key, in the order asked",
        play_tales(MGET, message=_MIXED_UP, longest=2),
        after=("keyslot", "keyslot_tag"),
        apart=play_tales(replace(ONE_TAG, judged=_VALUES), message=_MIXED_UP, longest=2),
        hints=(
            "In which order do the answers of the slots come, and in which were they asked for?",
            "Put each answer under its key first; then go through the keys once more.",
            "found = {}; per slot: found.update(zip(keys, client.mget(keys))); [found[k] for k...]",
        ),
        subject="mget_by_slot",
    ),
    Check(
        "mget_calls",
        4,
        "mget_by_slot: at most one call for each slot",
        play_tales(MGET_CALLS, message=_TOO_OFTEN, longest=3),
        after=("keyslot", "keyslot_tag", "mget_values"),
        apart=play_tales(ONE_TAG, message=_TOO_OFTEN, longest=3),
        hints=(
            "How many round trips do a hundred keys of two slots need?",
            "Group the keys by keyslot, then one mget for each group; of no keys, no call.",
            "groups.setdefault(keyslot(key), []).append(key)",
        ),
        subject="mget_by_slot",
    ),
    Check(
        "hot_exact",
        3,
        "HotKeys: exact while there is a counter for each key",
        play_relations(_hot(draw_few, find_wrong_count), message="a count or the ranking is wrong"),
        hints=(
            "What does top(2) answer after a b a?",
            "[('a', 2), ('b', 1)]: pairs, the largest count first, n at most; and again if asked.",
            "sorted(counts.items(), key=lambda pair: -pair[1])[:n]",
        ),
        subject="HotKeys",
    ),
    Check(
        "hot_found",
        3,
        "HotKeys: a key with more than 1/capacity of the requests is found",
        play_relations(
            _hot(draw_many, find_lost_key), message="a hot key is not among the keys", runs=120
        ),
        after=("hot_exact",),
        hints=(
            "All counters are taken and a new key comes: whose counter does it get?",
            "Space-Saving: the smallest counter's, and it goes on from that count.",
            "least = min(counts, key=counts.get); counts[key] = counts.pop(least) + 1",
        ),
        subject="HotKeys",
    ),
    Check(
        "hot_error",
        3,
        "HotKeys: a count is off by at most requests / capacity",
        play_relations(
            _hot(draw_many, find_bad_estimate), message="an estimate is too far off", runs=120
        ),
        after=("hot_exact",),
        hints=(
            "By how much can a counter be wrong that was taken over?",
            "By the smallest count at that time, which is at most requests / capacity.",
            "Take over the smallest counter, never another one; add one, never more.",
        ),
        subject="HotKeys",
    ),
    Check(
        "hot_memory",
        3,
        "HotKeys: the memory does not grow with the number of keys",
        _WEIGHED,
        after=("hot_exact",),
        apart=in_turn(
            play_relations(_hot(draw_few, find_silence), message="nothing is counted"), _WEIGHED
        ),
        hints=(
            "What do you keep for a key that was asked for once?",
            "At most `capacity` keys are remembered in all your containers together.",
            "When a counter is taken over, the key that had it is forgotten.",
        ),
        seconds=12.0,
        subject="HotKeys",
    ),
    Check(
        "near_hits",
        3,
        "NearCache: a near copy answers without the store",
        play_tales(
            _near("get get get set @stored", values=VALUES),
            message="a get answers wrongly, or asks the store needlessly",
        ),
        hints=(
            "When may a get answer without asking the store?",
            "Keep what the store answered, None and 0 too; MISSING is no value.",
            "After set, forget the near copy, or replace it, in the same call.",
        ),
        subject="NearCache",
    ),
    Check(
        "near_news",
        3,
        "NearCache: what the feed tells is forgotten, and nothing else",
        play_tales(
            _near("get get get @changed @removed"), message="news of a write is not taken as told"
        ),
        after=("near_hits",),
        hints=(
            "When do you look whether there is news?",
            "feed.poll() at the beginning of every get: it answers the keys written since.",
            "for changed in self.feed.poll(): self.near.pop(changed, None)",
        ),
        subject="NearCache",
    ),
    Check(
        "near_lost",
        2,
        "NearCache: after a gap in the news nothing near is trusted",
        play_tales(
            _near("get get get @changed @broken"),
            message="copies survive a gap in the news",
            runs=90,
        ),
        after=("near_news",),
        hints=(
            "What was written while the feed was away?",
            "Nobody knows. When poll raises StoreError, any near copy may be old.",
            "except StoreError: self.near.clear(), and the get goes to the store.",
        ),
        subject="NearCache",
    ),
    Check(
        "near_race",
        2,
        "NearCache: an answer that was under way does not outlive its news",
        explore_scenes(NEAR, *SCENES, message=_KEPT),
        after=("near_hits", "near_news"),
        apart=explore_scenes(NEAR, KEEPS, *SCENES, message=_KEPT),
        hints=(
            "One get has its answer, another one reads the news: what does the first one keep?",
            "It keeps an old value after its news was read, and nobody will tell again.",
            "Leave a mark before asking the store; the news removes it; keep only if it is there.",
        ),
        subject="NearCache",
    ),
)

EX13 = Exercise(
    "ex13",
    "Slots and hot keys",
    ("keyslot", "mget_by_slot", "HotKeys", "NearCache"),
    ("cluster",),
    CHECKS,
)
