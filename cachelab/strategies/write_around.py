"""
Write-around: a write goes to the database, and changes the cache only where there is a copy.

Much of what is written is never read. Write-through stores it all; this stores none of it, and
still keeps what is being read warm, where cache-aside would remove it. Hardware calls the two
write-allocate and no-write-allocate.
"""

from .copies import Copy, Lease, NoCopy
from .write_through import WriteThrough


class WriteAround(WriteThrough):
    """
    Reads fill the cache; a write corrects the copy that is there, and creates none.

    Consistency: after `write` returns with `fresh`, no read that begins later is answered by an
    older copy. Of two writers at once, the copy is never that of the earlier commit. Where the
    store failed (`fresh` is False), or the process died between the commit and the correction, an
    older copy may be served until it expires, at most `ttl` seconds after it was stored.

    A crash loses nothing: the source has every row that was acknowledged.

    Round trips: a hit is 1 to the store; a miss is 3 to the store and 1 to the source; a write of a
    key without a copy is 1 to the source and 1 to the store, of one with a copy 2 and 3. A failing
    store costs a read one error and a write two, and fails neither.

    Raises:
        ValueError: a time is not above zero, or `jitter` is not from 0 to below 1.
        SourceError: the source failed before or at the commit.

    >>> from cachelab.ports import MemorySource, MemoryStore
    >>> log = WriteAround(store := MemoryStore(), MemorySource(), ttl=60)
    >>> log.write("order:1", "paid"), store.get("order:1")
    (Written(version=1, fresh=True), MISSING)
    """

    name = "write_around"

    def _publish(self, key: str) -> bool:
        """Put what the source has now in place of a copy; tell whether no older one is left."""
        self.flights.overtake(key)
        found = self.copies.look(key)
        lease = self.copies.exchange(key, found) if isinstance(found, Copy) else found
        if isinstance(lease, Lease):
            return self._bring(key, lease)
        return lease is NoCopy.VACANT or self.copies.drop(key)
