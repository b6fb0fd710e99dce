# %% [markdown]
# # Exercise 15: Does your design survive its own numbers?
#
# 90 to 120 minutes, 40 points: 30 by the judge, 10 by a teacher. Before: lesson 15. Write your code in
# the solution cell; the cell below it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## A design as data
#
# A design is a dictionary: `layers`, a list from the nearest to the farthest, and for feeds
# `push_up_to` (posts of users with at most so many followers are pushed; 0 by itself).
#
# | kind of a layer | what it is | a look takes | nodes |
# |---|---|---|---|
# | `"process"` | a cache in each of six processes, no server to pay | 10 us | fixed |
# | `"edge"` | three places near the readers; nothing private is kept | 2 ms | fixed |
# | `"shared"` | one cache of `nodes` servers; in `content_delivery` nothing private is kept | 1 ms | yours, 1 by itself |

# %% [markdown]
# ## What you choose for each layer
#
# | name | what it says |
# |---|---|
# | `entries`, `ttl` | room on each node, and seconds that a copy lives |
# | `invalidated` | a write removes the copies |
# | `leased` | a load that a write has overtaken brings nothing back |
# | `coalesced` | misses of a key share one load |
# | `policy` | `"lru"` by itself, or another name of lesson 09 |
#
# True or False, False by itself. Each name of a kind comes once.

# %% [markdown]
# ## What the functions return
#
# | function | what it returns |
# |---|---|
# | `estimate(workload, design)` | a dictionary: `origin_calls` a second, reads that miss and writes; `dollars` a month |
# | `distributed_cache()`, `content_delivery()`, `social_feed()`, `shop()` | a design that meets the demands of its problem |

# %% [markdown]
# The judge plays each design in the course's simulator, twice, with seeds of its own. An estimate may
# be half or twice what the simulator measures; it is asked about one shared cache of one node whose
# copies live longer than the run, and knows the names `objects`, `alpha`, `reads`, `writes`, `object_bytes`.

# %% [markdown]
# ## What things cost
#
# A node is 20 dollars a month (none for a process), and 10 dollars for each gigabyte on it. Each layer
# costs 50 more for somebody who runs it. A million calls of the origin cost 5. A month has 2,592,000
# seconds.
#
# The four problems, with workload and demands:

# %%
from cachelab.lab.design_problems import PROBLEMS

for name, problem in PROBLEMS.items():
    print(name, "-", problem.question)
    print("   ", problem.workload)
    print("   ", problem.objective)

# %% [markdown]
# ## One check, by hand
#
# ```
# def shop():
#     return {"layers": [{"kind": "process", "entries": 500, "ttl": 60}]}
#
# six caches, each loads its own copies, and none hears of a new price:
#     oldest answer: tens of seconds, at most 2 wanted     -> the check fails
# ```

# %% [markdown]
# ## Your designs
#
# Everything goes into this one cell, imports too: the judge runs this cell and nothing else, with
# Python's standard library.


# %% solution="designs"
def estimate(workload, design):
    """
    What a design with one shared cache will do: calls of the origin a second, dollars a month.
    """
    ### BEGIN SOLUTION
    [layer] = design["layers"]
    entries, nodes = layer["entries"], layer.get("nodes", 1)

    def weight(keys):
        return sum(rank ** -workload["alpha"] for rank in range(1, keys + 1))

    hits = weight(min(entries * nodes, workload["objects"])) / weight(workload["objects"])
    calls = workload["reads"] * (1 - hits) + workload["writes"]
    memory = entries * workload["object_bytes"] / 1e9 * 10
    return {"origin_calls": calls, "dollars": nodes * (20 + memory) + 50 + calls * 2.592 * 5}
    ### END SOLUTION


def distributed_cache():
    ### BEGIN SOLUTION
    shared = {"kind": "shared", "nodes": 2, "entries": 5_000, "ttl": 60}
    return {"layers": [shared | {"invalidated": True, "leased": True, "coalesced": True}]}
    ### END SOLUTION


def content_delivery():
    ### BEGIN SOLUTION
    edge = {"kind": "edge", "entries": 1_500, "ttl": 15, "coalesced": True}
    shield = {"kind": "shared", "nodes": 2, "entries": 4_000, "ttl": 30, "coalesced": True}
    return {"layers": [edge, shield]}
    ### END SOLUTION


def social_feed():
    ### BEGIN SOLUTION
    shared = {"kind": "shared", "nodes": 2, "entries": 5_000, "ttl": 30}
    layers = [shared | {"invalidated": True, "coalesced": True}]
    return {"layers": layers, "push_up_to": 1_000}
    ### END SOLUTION


def shop():
    ### BEGIN SOLUTION
    process = {"kind": "process", "entries": 100, "ttl": 1, "coalesced": True}
    shared = {"kind": "shared", "nodes": 2, "entries": 4_000, "ttl": 60}
    shared |= {"invalidated": True, "leased": True, "coalesced": True}
    return {"layers": [process, shared]}
    ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="designs-check" points=30
check("ex15", estimate, distributed_cache, content_delivery, social_feed, shop)

# %% [markdown]
# ## In your own words: the node that dies
#
# One of the two nodes of your distributed cache dies at noon. What do readers and the database see in
# the first minute, which of your numbers tells, and what in your design keeps the database within its
# slots? At most 150 words. (5 points, by a teacher.)

# %% [markdown] essay="written-node-dies" points=5
# Half of the keys are misses until they are loaded again: to the usual 70 calls a second come those
# of the lost half, fewer with each load since popular keys come back first. Six slots of 30 ms give
# 200 calls a second, so the queue does not grow; coalescing keeps popular keys to one load each.
#
# Rubric: misses of one node's share (1); a number of the learner's own (1); compared with slots /
# seconds (1); why it gets better (1); what protects the database (1).

# %% [markdown]
# ## In your own words: what would make you wrong
#
# Choose one of your four designs. Which assumption of the simulator matters most for it, how could it
# be wrong in the world, and which measurement would show you? At most 150 words. (5 points, by a
# teacher.)

# %% [markdown] essay="written-wrong" points=5
# The shop: the simulator spreads the rush evenly over six processes. If customers stay on one
# process, its look-ups queue, which the simulator does not know. I would measure requests and the
# 99th percentile of each process: one slow process among six shows it.
#
# Rubric: an assumption of the simulator (1); why this design depends on it (1); how it fails in
# practice (1); a measurement that tells (1); what would be changed then (1).

# %% [markdown]
# <details><summary>Hint 1: which demand is missed?</summary>
#
# The report names the first one. p99 and calls get better with room and with coalescing, age with
# invalidation or shorter lives, dollars with fewer calls and fewer parts.
#
# </details>
#
# <details><summary>Hint 2: the estimate</summary>
#
# In the long run the cache holds about the most popular keys. Their share of the reads is the hit
# ratio. LRU does a little worse, and a factor of two is allowed. No copy ends during the run: lives may be
# left out.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: play a design yourself</summary>
#
# `simulate_design(PROBLEMS["shop"].workload, design)` of `cachelab.lab.designs` takes the classes
# `Design` and `Layer`, and returns all figures. `PROBLEMS["shop"].naive` is a design that fails: find
# out why.
#
# </details>

# %% [markdown]
# ## The second-best design, and why it lost
#
# For the shop, one shared cache without copies in the processes meets the demands of age and cost as
# well; what it lacks is reserve: on the day of the sale all requests for the shoe go to one node, and
# the simulator's nodes do not queue while real ones do. A second in the process takes that load away
# for the price of answers that are a second old.
