"""
Keys of a cluster and their slots, and a client that refuses what a cluster refuses.
"""

from binascii import crc_hqx
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any, ClassVar

from cachelab.grading.exercise import Finding
from cachelab.grading.expecting import exactly, satisfying
from cachelab.grading.functions import Arguments, call_each
from cachelab.grading.report import Counterexample, Row
from cachelab.grading.runs import Expectation, Operation, without_chunks
from cachelab.grading.session import Session
from cachelab.grading.world import Ported, World
from cachelab.hashing import hash_slot, hash_tag

SLOTS = 16_384
OTHERS = (SLOTS - 1, SLOTS + 1, SLOTS // 2, 2 * SLOTS, 2 * SLOTS - 1, 2**16)
"""Numbers that a hash is taken modulo by mistake; 2 ** 16 leaves the hash as it is."""
BEGINNINGS = (0, 0xFFFF, 0x1D0F)
"""Initial values of the CRC: the right one, and those of its best known relatives."""
PARTS = ("user", "cart", "42", "7", ":", "profile", "é", "x", "a", "b")
TAGS = ("{u1}", "{u2}", "{7}", "{a b}", "{x{y}")


def draw_plain_key(random: Random) -> Arguments:
    return ("".join(random.choice(PARTS) for _ in range(random.randint(1, 4))),)


def draw_tagged_key(random: Random) -> Arguments:
    """A tag between other text, and sometimes a second one, which counts for nothing."""
    [before], [after] = draw_plain_key(random), draw_plain_key(random)
    more = random.choice(("", "", random.choice(TAGS), "}"))
    return (random.choice(("", before)) + random.choice(TAGS) + after + more,)


def draw_odd_key(random: Random) -> Arguments:
    """Braces that make no tag: empty, unclosed, the wrong way round."""
    [word], [other] = draw_plain_key(random), draw_plain_key(random)
    odd = random.choice(("{}%s", "{%s", "%s}", "}%s{", "%s{}" + other, "%s{}{" + other + "}", ""))
    return (odd.replace("%s", word),)


def simpler_keys(arguments: Arguments) -> Iterator[Arguments]:
    """Give shorter keys, then keys of the same length with an `a` in the place of a letter."""
    [key] = arguments
    yield from (("".join(fewer),) for fewer in without_chunks(tuple(key)) if fewer)
    for place, letter in enumerate(key):
        if letter not in "{}a":
            yield (f"{key[:place]}a{key[place + 1 :]}",)


def expect_slot(key: str) -> Expectation:
    tag, whole = hash_tag(key).decode(), key
    if tag == whole:
        why = "the whole key is hashed: CRC-16 (XMODEM) of its UTF-8 bytes, modulo 16384"
        if "{" in key:
            why = "there is nothing between the first { and the } after it, so " + why
    else:
        why = f"what is hashed is what stands between the first {{ and the next }}: {tag!r}"
    return exactly(hash_slot(key), why)


def find_strayed_tag(session: Session, random: Random) -> Finding | None:
    """Compare keys with their tags, whatever the slots are: that a hash is wrong is told before."""
    keys = [draw_tagged_key(random) for _ in range(60)]
    tags = [(hash_tag(key).decode(),) for (key,) in keys]
    slots, of_tags = call_each(session, "keyslot", [*keys]), call_each(session, "keyslot", [*tags])
    is_right = slots == of_tags and len(set(map(repr, of_tags))) > 2
    return None if is_right else Finding("a tagged key is in another slot than its tag")


def find_other_modulus(session: Session, _: Random) -> Finding | None:
    """Look for slots that are the right hash, taken modulo another number near the right one."""
    keys = [f"key:{number}" for number in range(40)]
    outcomes = session.play([[0, "call:keyslot", key] for key in keys])
    slots = [outcome.get("value") for outcome in outcomes]
    hashes = [crc_hqx(key.encode(), 0) for key in keys]
    taken = next((m for m in OTHERS if slots == [h % m for h in hashes]), None)
    if taken is None:
        return None
    place = next(n for n, h in enumerate(hashes) if h % taken != h % SLOTS)
    call = f"keyslot({keys[place]!r})"
    row = Row(call, str(hashes[place] % SLOTS), str(slots[place]))
    why = (
        f"the hash is right, {hashes[place]}: there are {SLOTS} slots, 0 to {SLOTS - 1}, and "
        f"{taken} gives {slots[place]}; the remainder is that of % {SLOTS}"
    )
    return Finding(f"the hash is taken modulo {taken}", Counterexample((row,), why), is_slip=True)


def find_misread_braces(session: Session, random: Random) -> Finding | None:
    """Look whether odd keys are hashed whole, with the modulus and the CRC of the plain ones."""
    plain, odd = ([draw(random) for _ in range(60)] for draw in (draw_plain_key, draw_odd_key))
    slots, of_odd = call_each(session, "keyslot", [*plain]), call_each(session, "keyslot", [*odd])
    for beginning, modulus in product(BEGINNINGS, (SLOTS, *OTHERS)):
        if slots == _hashed(plain, beginning, modulus):
            is_right = of_odd == _hashed(odd, beginning, modulus)
            return None if is_right else Finding("braces without a tag are misread")
    return Finding("the slots are those of no hash that is known here")


def _hashed(keys: list[Arguments], beginning: int, modulus: int) -> list[int]:
    return [crc_hqx(key.encode(), beginning) % modulus for (key,) in keys]


def is_plain(key: str) -> bool:
    return "{" not in key and "}" not in key


def has_tag(key: str) -> bool:
    return hash_tag(key).decode() != key


def has_no_tag(key: str) -> bool:
    return not has_tag(key)


class SlotWorld(World):
    """A client of a cluster: `mget` of keys of one slot, as a cluster answers it, and `get`."""

    words: ClassVar[dict[str, str]] = {"@calls": "how often was the client called?"}

    def __init__(self, settings: tuple[Any, ...], schedule: Any = None) -> None:
        super().__init__(schedule)
        self.told = 0
        self.add("client", ClusterClient(dict(settings)))

    def do_calls(self) -> int:
        since, self.told = self.told, len(self.calls)
        return len([call for call in self.calls[since:] if call.port == "client"])


class ClusterClient:
    """What the judge hands in for a client."""

    def __init__(self, rows: dict[str, str]) -> None:
        self.rows = rows

    def mget(self, keys: list[str]) -> list[str | None]:
        if not keys:
            raise ValueError("wrong number of arguments for 'mget' command")
        if len({hash_slot(key) for key in keys}) > 1:
            raise ValueError("CROSSSLOT Keys in request don't hash to the same slot")
        return [self.rows.get(key) for key in keys]

    def get(self, key: str) -> str | None:
        return self.rows.get(key)


class SlotModel:
    """What `mget_by_slot` has to answer, and in how many calls."""

    def __init__(self, settings: tuple[Any, ...]) -> None:
        self.rows = dict(settings)
        self.slots: set[int] = set()
        self.is_new = False

    def born(self) -> Expectation:
        return exactly(None, "")

    def expect(self, operation: Operation) -> Expectation:
        if operation[0] == "@calls":
            self.is_new = False
            return self._calls()
        keys = operation[2]
        self.slots = {hash_slot(key) for key in keys}
        self.is_new = True
        right = [self.rows.get(key) for key in keys]
        why = "one answer for each key, in the order in which they were asked for; None if absent"
        return satisfying(lambda v: isinstance(v, list | tuple) and [*v] == right, repr(right), why)

    def _calls(self) -> Expectation:
        most = len(self.slots)
        why = f"the keys are in {most} slots: one mget for the keys of each slot is enough"
        return satisfying(lambda n: n <= most, f"at most {most}", why)


ROWS = tuple((key, key.upper()) for key in ("{u1}a", "{u1}b", "{u2}a", "{u2}b", "{u3}a", "plain"))
NAMES = (*(key for key, _ in ROWS), "{u1}zz", "gone")


def drawing_mget(*names: str) -> Any:
    """Return a generator of reads of some of these keys, each followed by a count of the calls."""

    def draw(random: Random, model: SlotModel) -> Operation:
        if model.is_new:
            return ("@calls",)
        keys = [random.choice(names) for _ in range(random.randint(0, 6))]
        return ("mget_by_slot", Ported("client"), keys)

    return draw
