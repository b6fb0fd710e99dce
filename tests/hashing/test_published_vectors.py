"""What others have published of the same functions, and what redis-py computes."""

from collections import Counter
from hashlib import md5

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from redis.crc import key_slot

from cachelab.hashing import KetamaRing, Slots, hash_slot, hash_tag, jump_hash

# The reference C++ code's answers for 1 to 19 buckets, as the tests of dgryski/go-jump have them.
JUMPS = {
    0: [0] * 19,
    1: [0] * 6 + [6] * 11 + [17] * 2,
    0xDEADBEEF: [0, 1, 2, 3, 3, *[5] * 11, 16, 16, 16],
    0x0DDC0FFEEBADF00D: [0, 1, *[2] * 13, *[15] * 4],
}


@pytest.mark.parametrize("key", JUMPS)
def test_jump_hash_gives_the_buckets_of_the_reference(key: int) -> None:
    assert [jump_hash(key, buckets) for buckets in range(1, 20)] == JUMPS[key]


def test_jump_hash_of_256_among_1024_buckets() -> None:
    assert jump_hash(256, 1024) == 520


def test_jump_hash_needs_a_bucket() -> None:
    with pytest.raises(ValueError, match="at least 1, not 0"):
        jump_hash(1, 0)


def test_equal_ketama_servers_get_the_keys_that_perl_s_ketama_gives_them() -> None:
    """Algorithm::ConsistentHash::Ketama's counts, as the tests of dgryski/go-ketama have them."""
    ring = KetamaRing([f"server{number}" for number in range(10)])
    counts = Counter(ring.node_for(f"foo{number}") for number in range(100_000))
    assert [counts[f"server{number}"] for number in range(10)] == [
        9478, 9029, 10863, 10011, 9734, 9444, 10756, 10021, 10762, 9902,
    ]  # fmt: skip


# Key, its hash, the point that it falls to, and that point's server (10.0.1.n): a part of the table
# with which libmemcached tests its weighted ketama (test/fixtures/ketama.hpp, BSD licence).
LIBMEMCACHED = [
    ("SVa_]_V41)", 443691461, 445379617, 7),
    ("*/Z;?V(.\\8", 1422915503, 1428303028, 1),
    ("30C1*Z*S/_", 1473165754, 1480075959, 2),
    ("ERR:EC58G>", 2148406511, 2168579133, 7),
    ("1I=cTMNTKF", 2882686667, 2885206587, 5),
    ("4(`X;\\V.^c", 373546328, 383925769, 1),
    ("726bW=9*a4", 4213440020, 4213950705, 7),
    ("P1[Ma3=K1/", 1989324036, 1994028240, 8),
    ("D[HE+cFXDK", 2117036136, 2117124014, 3),
    ("\\39DKW^)N_", 3548879868, 3550704865, 3),
    ("EM75N0+[X1", 1558531507, 1559308507, 4),
    ("(,>E`)FT\\4", 580747448, 581063326, 2),
    ("6,cEI`F_P>", 3972869246, 3974773167, 6),
    ("XY\\X::LX50", 1749241099, 1752196488, 6),
    ("]\\.UH8_0a1", 2419699252, 2423002920, 4),
    ("8*6a;Sc*X+", 4223431086, 4230156966, 2),
    ("0OZH^9BKM[", 3682518606, 3686781297, 8),
    ("CTR74,J+N.", 137446045, 146633907, 8),
]
SERVERS = dict(
    zip(
        [f"10.0.1.{number}" for number in range(1, 9)],
        [600, 300, 200, 350, 1000, 800, 950, 100],
        strict=True,
    )
)


@pytest.mark.parametrize(("key", "position", "point", "server"), LIBMEMCACHED)
def test_unequal_ketama_servers_have_the_points_and_keys_of_libmemcached(
    key: str, position: int, point: int, server: int
) -> None:
    ring = KetamaRing(SERVERS)
    assert ring.position(key) == position
    assert ring.node_for(key) == f"10.0.1.{server}"
    assert min(other for other in ring.points if other >= position) == point


def test_a_key_after_the_last_ketama_point_goes_round_to_the_first() -> None:
    ring = KetamaRing(SERVERS)
    assert ring.position("VDEAAAAA") == 0xFFFCD1B5 > ring.points[-1]
    assert ring.node_for("VDEAAAAA") == ring.owners[0]


def test_25_equal_servers_have_a_digest_less_each_as_single_precision_has_it() -> None:
    points = {servers: len(KetamaRing(map(str, range(servers))).points) for servers in (24, 25, 26)}
    assert points == {24: 24 * 160, 25: 25 * 156, 26: 26 * 160}


def test_ketama_points_are_the_quarters_of_a_digest() -> None:
    digest = md5(b"a-0").digest()
    quarters = [int.from_bytes(digest[at : at + 4], "little") for at in (0, 4, 8, 12)]
    assert KetamaRing(["a"]).points_of("a")[:4] == quarters


# The specification's examples, and the numbers that Redis gives with CLUSTER KEYSLOT.
SLOTS = {
    "somekey": 11058,
    "foo": 12182,
    "bar": 5061,
    "hello": 866,
    "key": 12539,
    "key2": 4998,
    "key3": 935,
    "id:{key}": 12539,
    "foo{hash_tag}": 2515,
    "bar{hash_tag}": 2515,
    "foo{}{bar}": 8363,
    "foo{{bar}}zap": 4015,
    "foo{bar}{zap}": 5061,
    "{user1000}.following": 3443,
    "{}": 15257,
    "": 0,
    "123456789": 0x31C3,
}


@pytest.mark.parametrize("key", SLOTS)
def test_a_key_has_the_slot_that_redis_gives_it(key: str) -> None:
    assert hash_slot(key) == hash_slot(key.encode()) == SLOTS[key]


@given(st.one_of(st.binary(), st.text("{}ab").map(str.encode)))
@example(b"a{}b{c}")
@example(b"{a}{b}")
@example(b"}a{b}")
@example(b"a{b")
def test_redis_py_agrees_about_every_slot(key: bytes) -> None:
    assert hash_slot(key) == key_slot(key)


@given(st.integers())
def test_a_number_has_the_slot_of_its_digits(number: int) -> None:
    assert hash_slot(number) == key_slot(str(number).encode())


def test_the_tag_is_what_is_hashed() -> None:
    assert hash_tag("cart:{user:42}:items") == b"user:42"
    assert hash_tag("née{}") == "née{}".encode()


def test_three_masters_get_the_ranges_that_redis_cli_deals() -> None:
    cluster = Slots(["m1", "m2", "m3"])
    assert cluster.ranges() == {
        "m1": [(0, 5460)],
        "m2": [(5461, 10922)],
        "m3": [(10923, 16383)],
    }


def test_slots_are_dealt_and_taken_evenly() -> None:
    cluster = Slots(["a", "b", "c"])
    for change in (cluster.add, cluster.remove):
        change("d")
        held = [cluster.table.count(node) for node in cluster.nodes]
        assert max(held) - min(held) <= 1


def test_a_slot_moves_by_hand_and_takes_its_keys_along() -> None:
    cluster = Slots(["a", "b"])
    keys = [f"user:{number}" for number in range(200)]
    mine = [key for key in keys if cluster.node_for(key) == "a"]
    cluster.move({hash_slot(key) for key in mine}, "b")
    assert {cluster.node_for(key) for key in keys} == {"b"}
    cluster.move(range(16_384), "b")
    assert cluster.nodes_for("user:1", 2) == ["b", "a"]
    cluster.check()


@pytest.mark.parametrize(
    ("slot", "node", "reason"), [(16_384, "a", "not 16384"), (-1, "a", "not -1"), (5, "x", "'x'")]
)
def test_a_move_of_no_slot_or_to_no_node_is_refused(slot: int, node: str, reason: str) -> None:
    cluster = Slots(["a", "b"])
    with pytest.raises(ValueError, match=reason):
        cluster.move([1, slot], node)
    assert cluster.ranges()["a"] == [(0, 8191)]
