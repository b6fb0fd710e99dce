# %% [markdown]
# # Exercise 02: Does this workload want a cache at all?
#
# 60 to 120 minutes, 40 points. Before: lesson 02. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract
#
# | call | what it promises |
# |---|---|
# | `reuse_distances(trace)` | a list: for each request the number of different *other* keys since the last request of the same key; None for a first request |
# | `mrc(trace, sizes)` | a list: the miss ratio of an LRU cache of each size on the trace, empty at the start |
# | `profile(log)` | figures of `[("read" or "write", key), ...]`, see below; reads and writes are both requests |
# | `should_cache(case)` | `{"cache": bool, "saving": seconds, "reasons": [...]}`, see below |

# %% [markdown]
# ## What a profile holds
#
# | name | figure |
# |---|---|
# | `requests`, `objects` | how many requests, how many different keys |
# | `write_share` | writes over requests |
# | `one_hit_share` | keys requested exactly once, over keys |
# | `top_share` | requests to the most requested tenth of the keys (rounded up: at least one key), over requests |

# %% [markdown]
# ## What a case holds, and when it pays
#
# `reads` and `writes` (how many), `hit_ratio`, and seconds for `lookup`, `fill` and `origin`. With the
# cache a read costs the lookup, and on a miss the origin and the fill too; a write costs the origin and
# one lookup's time for the delete. Without it every request costs the origin. `saving` is the
# difference for an average request.

# %% [markdown]
# `cache` is True if the saving is above zero. `reasons` names all that hold, in any order:
#
# | reason | when |
# |---|---|
# | `"slow lookup"` | the lookup costs as much as the origin, or more |
# | `"little reuse"` | a read costs on average as much as the origin, or more |
# | `"many writes"` | reads alone would pay, all requests together do not |

# %% [markdown]
# ## What the judge looks at
#
# - **Distances count keys**, not requests: in `a b b b a` the distance of the last `a` is 1.
# - **Work**: for `reuse_distances` the steps per request may grow like log n, not like n. The judge
#   counts steps, also those inside a slice, a set or `index`.
# - Sizes for `mrc` are 1 or more, in any order; the answer has theirs.
# - Traces may be empty for `reuse_distances`; the other arguments are not.
# - A list or a tuple is fine where a list is promised.

# %% [markdown]
# ## One check, by hand
#
# ```
# reuse_distances(["a", "b", "b", "b", "a"])     -> [None, None, 0, 0, 1]
# mrc(["a", "b", "b", "b", "a"], [1, 2])         -> [0.6, 0.4]
#     size 1: the first a, the first b and the last a miss; size 2: only first requests miss
# ```

# %% [markdown]
# ## Your functions
#
# All four go into this one cell, with whatever they need: the judge runs this cell and nothing else,
# with Python's standard library.

# %% solution="should-we-cache"
from collections import Counter


class Marks:
    """
    Marks at places 0 to size - 1, counted in O(log size): a Fenwick tree.
    """

    def __init__(self, size):
        ### BEGIN SOLUTION
        self.sums = [0] * (size + 1)
        ### END SOLUTION

    def add(self, place, number):
        ### BEGIN SOLUTION
        place += 1
        while place < len(self.sums):
            self.sums[place] += number
            place += place & -place
        ### END SOLUTION

    def before(self, place):
        ### BEGIN SOLUTION
        total = 0
        while place:
            total += self.sums[place]
            place -= place & -place
        return total
        ### END SOLUTION


def reuse_distances(trace):
    """
    How many other keys were requested since the last request of each key; None for the first.
    """
    ### BEGIN SOLUTION
    marks, last, found = Marks(len(trace)), {}, []
    for place, key in enumerate(trace):
        if key in last:
            found.append(marks.before(place) - marks.before(last[key] + 1))
            marks.add(last[key], -1)
        else:
            found.append(None)
        marks.add(place, 1)
        last[key] = place
    return found
    ### END SOLUTION


def mrc(trace, sizes):
    """
    The miss ratio of an LRU cache of each size.
    """
    ### BEGIN SOLUTION
    found = reuse_distances(trace)
    return [sum(d is None or d >= size for d in found) / len(trace) for size in sizes]
    ### END SOLUTION


def profile(log):
    """
    The figures of a log of reads and writes.
    """
    ### BEGIN SOLUTION
    counts = Counter(key for _, key in log)
    top = -(-len(counts) // 10)
    return {
        "requests": len(log),
        "objects": len(counts),
        "write_share": sum(verb == "write" for verb, _ in log) / len(log),
        "one_hit_share": sum(count == 1 for count in counts.values()) / len(counts),
        "top_share": sum(count for _, count in counts.most_common(top)) / len(log),
    }
    ### END SOLUTION


def should_cache(case):
    """
    Whether the cache pays, what it saves of an average request, and why it does not.
    """
    ### BEGIN SOLUTION
    lookup, origin = case["lookup"], case["origin"]
    read = lookup + (1 - case["hit_ratio"]) * (origin + case["fill"])
    spent = case["reads"] * read + case["writes"] * (origin + lookup)
    saving = origin - spent / (case["reads"] + case["writes"])
    reasons = []
    if lookup >= origin:
        reasons.append("slow lookup")
    if read >= origin:
        reasons.append("little reuse")
    elif saving <= 0:
        reasons.append("many writes")
    return {"cache": saving > 0, "saving": saving, "reasons": reasons}
    ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="should-we-cache-check" points=40
check("ex02", reuse_distances, mrc, profile, should_cache)

# %% [markdown]
# ## Use it
#
# Your curve against the package's, on the first 5,000 pages of the shop trace. Then take a log of your
# own system, and bring its profile to the next design review.

# %%
from cachelab.lab import sample_trace, simulate

few = [int(key) for key in sample_trace("shop").keys[:5_000]]
for size in (10, 100, 500):
    print(f"{size:4} pages: the simulator says {1 - simulate(few, 'lru', size).hit_ratio:.4f}")
try:
    print("your curve:", [round(ratio, 4) for ratio in mrc(few, [10, 100, 500])])
except NotImplementedError:
    print("your curve: write your functions first")

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With the slow version: for each request look back to the last request of its key and put what lies
# between into a set. It gets the distances right, and you can test the fast one against it.
#
# </details>
#
# <details><summary>Hint 2: how can one request cost O(log n)?</summary>
#
# Put a mark on the last place of each key, and move it when the key comes again. The distance is the
# number of marks between two places. `Marks` counts them without walking over them.
#
# </details>

# %% [markdown]
# <details><summary>Beside Hint 2: how does a Fenwick tree count?</summary>
#
# Slot i, counted from 1, holds the sum of the last `i & -i` places up to i. So `add` goes up from
# place + 1 by `i += i & -i`, and `before` comes down from its place by `i -= i & -i`: a step for each
# bit of the size.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the curve from the distances</summary>
#
# A cache of size s holds the last s different keys. So a request hits exactly when its distance is
# below s, and one pass over the distances answers for every size.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design runs an LRU cache once for every size. It is shorter and easy to believe: the
# judge does it that way. It lost because a curve has a thousand sizes, and because the distances answer
# a question nobody has asked yet: they belong to the workload, not to a cache.

# %% [markdown]
# Reflection: a colleague says "our hit ratio is 95 %, so the cache pays". Name two numbers of the case
# that you ask for before you agree.
