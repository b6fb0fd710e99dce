# %% [markdown]
# # What is a cache, and does yours run?
#
# 20 minutes. Before: Python. Lanes: SIM (exact, the same on every machine) and LIVE (real servers
# on yours). No points: this lesson checks the machine, the tools and the way work is handed in.

# %% [markdown]
# You will be able to
#
# - **say** what a cache is with a dozen lines of code in front of you;
# - **predict** a hit ratio, and be wrong in an interesting way;
# - **check** that a cache server, a database and the judge work on this machine;
# - **read** a judge's counterexample.

# %%
from cachelab.lab import sample_trace, simulate

requests = sample_trace("shop")
for capacity in (30, 300, requests.objects):
    result = simulate(requests, "lru", capacity)
    print(f"room for {capacity:5,} of {requests.objects:,} pages: {result.hit_ratio:.0%} answered")

# %% [markdown]
# With room for 30, one page in 87 is kept, and four requests in ten are answered. That is the whole
# reason why caches exist: people and programs ask for the same things again. The requests are real: a
# shop's database made them. (With room for all it is 98 %, since the first request of
# each page has to be fetched.)
#
# `"lru"` is the rule for what to throw out when there is no room: the page whose last use is the
# oldest, the *least recently used*.

# %% [markdown]
# ## What is on this machine?
#
# The course uses a real cache server, a real database, and a sandbox for judging. The next cell
# looks for them and says what to do about each one that is missing. Nothing leaves this machine.

# %% tags=["live"]
from cachelab.doctor import doctor

findings = doctor()
for finding in findings:
    print(f"{'ok' if finding.ok else '-':4}{finding.name:14}{finding.found}  {finding.advice}")
assert findings, "the doctor always has something to say"

# %% [markdown]
# LIVE cells such as this one measure your machine, so your numbers differ from those printed here.
# SIM cells print the same everywhere: if yours differ, something is broken, and the course wants to
# know.

# %% [markdown]
# ## What is a cache?
#
# A small store in front of a slow one. Look there first; on a miss, fetch from the slow one, keep a
# copy, and throw something out when the room is used up. Here is the small store, a dict that throws
# out whatever came in first. Who asks it does the fetching: on a miss `simulate` calls `put`.


# %%
class LRUCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.values = {}

    def get(self, key, default=None):
        return self.values.get(key, default)

    def put(self, key, value):
        if key not in self.values and len(self.values) >= self.capacity:
            self.values.pop(next(iter(self.values)))
        self.values[key] = value

    def __len__(self):
        return len(self.values)

    def __contains__(self, key):
        return key in self.values


# %% [markdown]
# Four words for the rest of the course. A **hit** is a request that the cache answers, a **miss** one
# that it cannot. The **hit ratio** is hits over requests. To **evict** is to throw out for want of
# room. (To *expire* is about time, to *invalidate* about truth: later lessons.)

# %% [markdown]
# **Predict.** Two thousand requests go to 100 objects; the object of rank r is asked for in proportion
# to 1/r, which is called a [Zipf](glossary.md#zipf) workload. The cache has room for ten of them.

# %%
from cachelab.lab import explain, predict

guess = predict("What is the hit ratio?", unit="hit ratio", low=0, high=1)
guess

# %% [markdown]
# **Run.**

# %%
from cachelab.lab import zipf

crowd = zipf(2_000, objects=100, alpha=1.0)
measured = simulate(crowd, LRUCache, 10)
print(measured)
guess.compare(round(measured.hit_ratio, 2))

# %% [markdown]
# **Explain.** A tenth of the objects fit, and far more than a tenth of the requests hit.

# %% jupyter={"source_hidden": true}
explain(
    "Where do the hits come from?",
    answer="The ten most popular of 100 objects draw more than half of the requests (the sum of "
    "1/r up to 10 over the sum up to 100: 0.56). A cache that knew them would hit nearly that "
    "often. Ours holds whatever came in last, so it gets part of the way.",
)

# %% [markdown]
# **Break it.** The name promises LRU, and nothing moves on a `get`: the code is FIFO, first in, first
# out. Step through it and watch `a`, which is asked for all the time, go anyway. Buttons or arrow keys;
# when a step is about to evict, click the key that you think goes.

# %%
from cachelab.lab import EvictionStepper

EvictionStepper(policy=LRUCache, requests="a b c a d a e a f", capacity=3)

# %% [markdown]
# ## Does the real server answer?
#
# In production the small store is a server of its own, shared by many processes. This starts one on
# your machine, reachable by this notebook alone, and stops it when the cell ends.

# %% tags=["live"]
from time import perf_counter

from cachelab.ports import RedisStore, start_server

with start_server() as server:
    store = RedisStore(server.client(), prefix="hello:")
    store.set("user 7", {"name": "Ada", "visits": 3}, ttl=60)
    start = perf_counter()
    for _ in range(1_000):
        row = store.get("user 7")
    mean = (perf_counter() - start) / 1_000
    print(f"{server}: {row}, mean of 1,000 reads {mean * 1e6:.0f} µs")
assert row == {"name": "Ada", "visits": 3}

# %% [markdown]
# ## How is work handed in?
#
# Each lesson has an exercise. You write your code in its solution cell, and the cell below it asks
# the judge. The judge starts another process, runs your cell there and nothing else, plays generated
# requests against it, and shows the shortest run on which it goes wrong.
#
# Try it on the class above: it calls itself `LRUCache`, so exercise 07 will judge it. Most
# of the points are missing, as they should be.

# %%
from cachelab.grading import check

check("ex07", LRUCache)

# %% [markdown]
# If you see a table with points and a numbered list of calls, the whole path works: notebook, judge,
# sandbox, report. Read the counterexample: it is short because the judge has thrown away every call
# that is not needed to go wrong. Then step through it, on your class:

# %%
from cachelab.grading import play

play()

# %% [markdown]
# Your predictions and attempts are kept in `~/.cachelab` on this machine and go nowhere. After the last
# lesson `calibration()` from `cachelab.lab` tells how good the predictions were.

# %% [markdown]
# ## What comes, and how much of it do you want?
#
# | | lessons | what for |
# |---|---|---|
# | Measure | 01 to 03 | does a cache pay, on which workload, in which layer |
# | Strategies | 04 to 06 | who loads, what a write promises, how old an answer may be |
# | Eviction | 07 to 09 | which key goes, and how policies lose |
# | Truth | 10 and 11 | invalidation, races, stampedes |
# | Scale | 12 and 13 | rings, clusters, hot keys |
# | Run it | 14 and 15 | metrics, incidents, design interviews |
# | Capstone | 16 | a shop on a market day, for 400 points |

# %% [markdown]
# A lesson takes about an hour, its exercise one to two; you need Python, and no caching. Lessons build on
# those before them, but each opens on its own.
#
# - **One evening:** 01 and 07, without the exercises.
# - **One weekend:** 01, 04, 07, 10 and 11, with the exercises of 04 and 07.
# - **Three weeks:** all of it, a lesson and its exercise each working day, then the capstone.
#
# Words of the field are explained in the [glossary](glossary.md).

# %% [markdown]
# ## Recap
#
# - A cache is a small store in front of a slow one, plus a rule for what to throw out.
# - Room for 1 % of the pages answered 40 % of the requests of a recorded database.
# - SIM cells are exact; LIVE cells are yours.
# - The judge runs only the solution cell, and answers with the shortest run that goes wrong.
#
# Next: [When is adding a cache a slowdown?](01_is_a_cache_faster.ipynb)
