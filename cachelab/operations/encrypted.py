"""
Values that only those with a key can read, in a store that others can look into.

Encryption is done by the library `cryptography` (AES-GCM-SIV, RFC 8452). A sealed value is bound to
the name it was stored under, so nobody who can write to the server can move one user's value to
another's key. It hides values, not their names, sizes, lives or how often they are asked for; and
it does not decide who may be served: keep private data out of shared layers as well.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from cachelab.ports import MISSING, Store
from cachelab.ports.codec import decode, encode
from cachelab.ports.stores import Absent, OnCorrupt, check_key, check_ttl, log_corrupt

KEY_BYTES, NONCE_BYTES, ID_BYTES = 32, 12, 8


def new_key() -> bytes:
    """
    A key of 256 bits from the system's source of randomness; keep it where secrets are kept.

    >>> len(new_key())
    32
    """
    return AESGCMSIV.generate_key(bit_length=8 * KEY_BYTES)


class Ring:
    """
    Keys by their ids, the first of which seals and all of which open.

    A sealed value is the id of its key (64 bits of the key's SHA-256), a nonce drawn at random, and
    the ciphertext with its tag; `name` is authenticated with it. Should a nonce ever come twice,
    AES-GCM-SIV tells only whether two values of one name were equal, where AES-GCM would give its
    authentication key away.

    Raises:
        TypeError: a key is not bytes.
        ValueError: there is no key, one twice, or one that is not 32 bytes long.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if isinstance(keys, bytes | str):
            raise TypeError("keys must be a list of keys: the first seals, all of them open")
        self._ciphers: dict[bytes, AESGCMSIV] = {}
        for key in keys:
            self._ciphers[_id_of(key)] = AESGCMSIV(key)
        if len(self._ciphers) != len(keys) or not keys:
            raise ValueError(f"keys must be one or more different ones, not {len(keys)} like these")
        self.first = next(iter(self._ciphers))

    def knows(self, sealed: bytes) -> bool:
        """Tell whether `sealed` says that it was sealed with one of these keys."""
        return sealed[:ID_BYTES] in self._ciphers

    def seal(self, name: str, payload: bytes) -> bytes:
        """Return `payload` sealed with the first key, for `name` and no other."""
        nonce = os.urandom(NONCE_BYTES)
        ciphertext = self._ciphers[self.first].encrypt(nonce, payload, _bytes(name))
        return self.first + nonce + ciphertext

    def unseal(self, name: str, sealed: bytes) -> bytes:
        """
        Return what `sealed` holds.

        Raises:
            ValueError: it was damaged, forged, sealed for another name, or with another key.
        """
        cipher = self._ciphers.get(sealed[:ID_BYTES])
        if cipher is None:
            raise ValueError("this value was sealed with a key that is not here")
        nonce, ciphertext = sealed[ID_BYTES:][:NONCE_BYTES], sealed[ID_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, ciphertext, _bytes(name))
        except (InvalidTag, ValueError) as error:
            raise ValueError("this value was changed, or sealed for another name") from error

    def __repr__(self) -> str:
        return f"Ring({len(self._ciphers)} keys)"


class Encrypted:
    """
    A `Store` that keeps its values sealed in `store`.

    The first of `keys` seals, all of them open. To rotate, give every process the new key as its
    last, then as its first; drop the old one when what it sealed has expired, or after `reseal`.

    An entry that says it is of a key which is here and cannot be opened was damaged or forged: as
    in any store it is a miss, is removed, and goes to `on_corrupt`. An entry of a key that is not
    here is a miss and is left alone, for it may be good to a process that is ahead in the rotation;
    `set` and `add` put a new one in its place, `delete` says True of it, and `ttl` how long it has.

    It is a `Store` to the letter. `replace` differs in cost: no two sealings of a value are alike,
    so the store cannot compare with `old`. It is compared here, after unsealing, and the sealed
    entry that was looked at is then replaced by the store in one atomic step, from the beginning if
    somebody was faster.

    Round trips: those of the store, and one more for `replace`, or for an `add` where something is.

    Complexity: O(size of the value), and 12 + 16 + 8 bytes on top of each, in base 64 by the codec.

    >>> from cachelab.ports import MemoryStore
    >>> shared = MemoryStore()
    >>> store = Encrypted(shared, [new_key()])
    >>> store.set("user:7", {"iban": "DE02"}, ttl=60)
    >>> store.get("user:7"), "DE02" in str(shared.get("user:7"))
    ({'iban': 'DE02'}, False)
    >>> shared.set("user:8", shared.get("user:7"))  # moved to another name
    >>> Encrypted(shared, [new_key()]).get("user:7")  # another key
    MISSING
    """

    def __init__(
        self, store: Store, keys: Sequence[bytes], on_corrupt: OnCorrupt = log_corrupt
    ) -> None:
        self.store = store
        self.ring = Ring(keys)
        self.on_corrupt = on_corrupt

    def get(self, key: str) -> Any | Absent:
        """Return the value of `key`, or MISSING."""
        sealed = self.store.get(check_key(key))
        return self._opened(key, sealed)

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return the keys that are present with their values, in the order asked."""
        sealed = self.store.get_many(keys)
        found = {key: self._opened(key, entry) for key, entry in sealed.items()}
        return {key: value for key, value in found.items() if value is not MISSING}

    def set(self, key: str, value: Any, ttl: float | None = None) -> None:
        """Keep `value` under `key` for `ttl` seconds, or for good."""
        self.store.set(check_key(key), self._sealed(key, value), ttl)

    def set_many(self, entries: Mapping[str, Any], ttl: float | None = None) -> None:
        """Keep each of `entries` for `ttl` seconds; all are checked before the first is sent."""
        sealed = {key: self._sealed(check_key(key), value) for key, value in entries.items()}
        self.store.set_many(sealed, ttl)

    def add(self, key: str, value: Any, ttl: float | None = None) -> bool:
        """Keep `value` under `key` if nothing that can be opened is there; tell whether it was."""
        fresh = self._sealed(check_key(key), value)
        while not self.store.add(key, fresh, ttl):
            sealed = self.store.get(key)
            if self._opened(key, sealed) is not MISSING:
                return False
            if sealed is not MISSING and self.store.replace(key, sealed, fresh, ttl):
                return True
        return True

    def replace(self, key: str, old: Any, new: Any | Absent, ttl: float | None = None) -> bool:
        """Put `new`, or nothing if MISSING, in the place of `old`; tell whether that was there."""
        expected, check = encode(old), check_ttl(ttl)
        fresh = MISSING if new is MISSING else self._sealed(check_key(key), new)
        while True:  # each further round means that another client got in between
            sealed = self.store.get(check_key(key))
            if self._payload(key, sealed) != expected:
                return False
            if self.store.replace(key, sealed, fresh, check):
                return True

    def delete(self, key: str) -> bool:
        """Drop `key`; tell whether it was there."""
        return self.store.delete(key)

    def ttl(self, key: str) -> float | Absent | None:
        """Return the seconds that `key` has left, None if it never expires, or MISSING."""
        return self.store.ttl(key)

    def clear(self) -> None:
        """Drop every entry of the store."""
        self.store.clear()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def reseal(self, keys: Iterable[str]) -> int:
        """
        Seal the entries of `keys` with the first key, where another one did; return how many.

        Each keeps its value and the life it has left; one that changes meanwhile is left as it is.
        """
        done = 0
        for key, sealed in self.store.get_many(keys).items():
            payload = self._payload(key, sealed)
            if payload is None or sealed.startswith(self.ring.first):
                continue
            left = self.store.ttl(key)
            if left is not MISSING:
                done += self.store.replace(key, sealed, self.ring.seal(key, payload), left)
        return done

    def _sealed(self, key: str, value: Any) -> bytes:
        return self.ring.seal(key, encode(value))

    def _opened(self, key: str, sealed: Any | Absent) -> Any | Absent:
        payload = self._payload(key, sealed)
        try:
            return MISSING if payload is None else decode(payload)
        except ValueError as error:  # sealed by somebody with a key who writes values otherwise
            return self._reject(key, sealed, error)

    def _payload(self, key: str, sealed: Any | Absent) -> bytes | None:
        """Return the encoded value in `sealed`, or None; what was tampered with is removed."""
        if sealed is MISSING:
            return None
        try:
            if not isinstance(sealed, bytes):
                raise ValueError("this value was not sealed")
            return self.ring.unseal(key, sealed) if self.ring.knows(sealed) else None
        except ValueError as error:
            self._reject(key, sealed, error)
            return None

    def _reject(self, key: str, sealed: Any, error: ValueError) -> Absent:
        self.store.replace(key, sealed, MISSING)
        self.on_corrupt(key, error)
        return MISSING

    def __repr__(self) -> str:
        return f"Encrypted({self.store!r})"


def _id_of(key: bytes) -> bytes:
    if not isinstance(key, bytes):
        raise TypeError(f"a key must be bytes, not {type(key).__name__}")
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key must be {KEY_BYTES} bytes, as new_key() makes it, not {len(key)}")
    return hashlib.sha256(key).digest()[:ID_BYTES]


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
