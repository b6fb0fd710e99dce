# %% [markdown]
# # Exercise 13: Which node has my keys, and which key is hot?
#
# 60 to 120 minutes, 40 points. Before: lesson 13. Write your code in the solution cell; the cell
# below it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## Slots
#
# | call | what it promises |
# |---|---|
# | `keyslot(key)` | the slot of a text in Redis Cluster: CRC-16 (XMODEM) of its UTF-8 bytes, modulo 16384; if something stands between the first `{` and the next `}`, only that is hashed |
# | `mget_by_slot(client, keys)` | a list of values, one for each key, in the order asked; None where there is none |

# %% [markdown]
# `client.mget(keys)` takes keys of one slot and raises for others, and for none; `client.get(key)`
# asks for one. Call the client at most once for each slot.

# %% [markdown]
# ## Hot keys
#
# | call | what it promises |
# |---|---|
# | `HotKeys(capacity)` | a counter that remembers at most `capacity` keys |
# | `add(key)` | one request for the key |
# | `top(n)` | a list of at most n pairs (key, count), the largest count first; ties in any order |

# %% [markdown]
# After N requests every count in `top` is at most N / capacity off, and every key with more than
# N / capacity requests is in `top(capacity)`. With at most `capacity` keys all counts are exact. Too
# high or too low is left open: Space-Saving is the first, Misra-Gries the second.

# %% [markdown]
# ## A near cache
#
# | call | what it promises |
# |---|---|
# | `NearCache(store, feed)` | copies in this process of what is in the store |
# | `get(key)` | the value, or MISSING; from near if there is a copy that is good |
# | `set(key, value)` | the store has the value, and no later get gives an older one |

# %% [markdown]
# `feed.poll()` answers the keys that were written, by anybody, since the last poll. If it raises
# StoreError, news was lost: no copy is good any more, and the get goes on. The next poll starts anew.
# Whether MISSING or your own value after `set` is kept near is left open.

# %% [markdown]
# ## One check, by hand
#
# ```
# near = NearCache(store, feed)
# near.get("a")      -> "first"     the feed has no news; the store is asked, a copy is kept
# near.get("a")      -> "first"     no news: the store is not asked
# another program sets "a" to "new"
# near.get("a")      -> "new"       the feed tells of a: the copy goes, the store is asked
# ```

# %% [markdown]
# ## Your code
#
# Everything that your functions and classes need goes into this one cell, imports too: the judge runs
# this cell and nothing else, with Python's standard library and the words of `cachelab.ports`.

# %% solution="cluster"
from binascii import crc_hqx

from cachelab.ports import MISSING, StoreError


def keyslot(key):
    """
    The slot of a key, from 0 to 16383.
    """
    ### BEGIN SOLUTION
    start = key.find("{")
    if start >= 0:
        end = key.find("}", start + 1)
        if end > start + 1:
            key = key[start + 1 : end]
    return crc_hqx(key.encode(), 0) % 16384
    ### END SOLUTION


def mget_by_slot(client, keys):
    """
    The values of the keys, with one call for each slot.
    """
    ### BEGIN SOLUTION
    groups = {}
    for key in keys:
        groups.setdefault(keyslot(key), []).append(key)
    found = {}
    for group in groups.values():
        found.update(zip(group, client.mget(group), strict=True))
    return [found[key] for key in keys]
    ### END SOLUTION


class HotKeys:
    """
    Counters for the keys that are asked for most.
    """

    def __init__(self, capacity):
        ### BEGIN SOLUTION
        self.capacity = capacity
        self.counts = {}
        ### END SOLUTION

    def add(self, key):
        ### BEGIN SOLUTION
        before = self.counts.get(key, 0)
        if key not in self.counts and len(self.counts) == self.capacity:
            least = min(self.counts, key=self.counts.get)
            before = self.counts.pop(least)
        self.counts[key] = before + 1
        ### END SOLUTION

    def top(self, n):
        ### BEGIN SOLUTION
        return sorted(self.counts.items(), key=lambda pair: -pair[1])[:n]
        ### END SOLUTION


class NearCache:
    """
    Copies near the program, each good until the feed tells of its key.
    """

    def __init__(self, store, feed):
        ### BEGIN SOLUTION
        self.store, self.feed = store, feed
        self.near = {}
        self.marks = {}
        ### END SOLUTION

    def get(self, key):
        ### BEGIN SOLUTION
        self.listen()
        if key in self.near:
            return self.near[key]
        mark = self.marks[key] = object()
        value = self.store.get(key)
        if self.marks.pop(key, None) is mark and value is not MISSING:
            self.near[key] = value
        return value
        ### END SOLUTION

    def set(self, key, value):
        ### BEGIN SOLUTION
        self.store.set(key, value)
        self.forget(key)
        ### END SOLUTION

    def listen(self):
        """
        Take the news, and forget what can no longer be trusted.
        """
        ### BEGIN SOLUTION
        try:
            for key in self.feed.poll():
                self.forget(key)
        except StoreError:
            self.near.clear()
            self.marks.clear()
        ### END SOLUTION

    def forget(self, key):
        ### BEGIN SOLUTION
        self.near.pop(key, None)
        self.marks.pop(key, None)
        ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="cluster-check" points=40
check("ex13", keyslot, mget_by_slot, HotKeys, NearCache)

# %% [markdown]
# <details><summary>Hint 1: the slot is wrong for every key</summary>
#
# CRC-16 is a family. Redis Cluster uses the one that is called XMODEM, which `binascii.crc_hqx` with
# initial value 0 computes. Its check value: "123456789" gives 0x31C3.
#
# </details>
#
# <details><summary>Hint 2: hot keys get lost</summary>
#
# A new key that finds no free counter takes over the smallest one, and goes on from its count. If it
# began at 1, two keys that come in turns would push each other out for ever.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the last two points of the near cache</summary>
#
# A `get` asks the store and waits; meanwhile another one reads the news of that key. The first must
# not keep its answer. Leave a mark for the key before you ask, let the news remove it, and keep the
# answer only if your own mark is still there.
#
# </details>

# %% [markdown]
# ## Think about it
#
# All keys of a shop begin with `{shop}`, so that any two can be read in one call. What happens when
# the shop grows?
#
# <details><summary>One answer</summary>
#
# All keys are in one slot, so on one node, and further nodes stand idle. A tag belongs to what is
# used together: one user, one cart, one order.
#
# </details>

# %% [markdown]
# ## The second-best design, and why it lost
#
# A count-min sketch counts in a fixed table too, and two of them can be added up. It does not know
# which keys it has counted, so it needs a heap of candidates beside it, and its error holds with a
# probability only. For "which keys are hot" Space-Saving needs fewer bytes and makes a promise.

# %% [markdown]
# For the near cache, a short time to live instead of the feed would be simpler: it trades the feed
# for answers that are old by up to that time.
