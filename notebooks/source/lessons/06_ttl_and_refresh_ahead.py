# %% [markdown]
# # How old may an answer be, and what does that cost?
#
# 60 minutes. Before: [05_write_strategies](05_write_strategies.ipynb). Lanes: SIM (exact, the same on every
# machine) and LIVE (a real cache server on yours).

# %% [markdown]
# You will be able to
#
# - **derive** hit ratio, stale share and load from a time to live and two measured rates;
# - **choose** a time to live from what an answer may be old, not from a table of habits;
# - **spread** what was stored together, so that it does not die together;
# - **decide** when renewing ahead helps, what it loads in addition, and how it can bring back the past.

# %%
from functools import partial

from cachelab.lab.lives import live
from cachelab.strategies import CacheAside

plain = partial(CacheAside, jitter=0)
print("time to live   hit ratio   stale answers   loads a minute")
for ttl in (10, 60, 300):
    seen = live(ttl, reads=1.0, writes=1 / 60, strategy=plain, requests=4_000)
    loads = 60 * seen.loads
    print(f"{ttl:9} s   {seen.hit_ratio:9.3f}   {seen.stale_share:13.3f}   {loads:14.1f}")

# %% [markdown]
# One price, read once a second, that changes once a minute; readers and changes come at random, and the
# cache is told of no change. (`jitter=0`: each copy lives for its full time; more on
# [jitter](glossary.md#jitter) below.) From ten seconds to five minutes the hit ratio rises by a tenth. The
# share of answers that are out of date rises tenfold, to five in six.
#
# A dashboard that shows the hit ratio shows an improvement. What got worse is not on it.

# %% [markdown]
# ## What does a time to live buy?
#
# A **time to live** (TTL) is the longest time that a copy is used. A key is read r times a second, at
# random, and its copy lives T seconds. A load is followed by the r T reads of its life, which hit; the next
# one misses. So of 1 + r T reads, r T hit:
#
# hit ratio = r T / (1 + r T), and r / (1 + r T) loads a second.
#
# (Jung et al., "Modeling TTL-based Internet caches", INFOCOM 2003.)

# %% [markdown]
# **Predict.** A key is read 1,000 times a second. Its copy lives one second.

# %%
from cachelab.lab import explain, predict

hot = predict("What is its hit ratio?", unit="hit ratio", low=0, high=1)
hot

# %%
from cachelab.operations.deciding import hit_ratio_of

lives = (1, 10, 60, 300, 3_600)
print("reads a second", *(f"{f'T = {ttl} s':>10}" for ttl in lives))
for reads in (1_000, 10, 1, 0.1, 0.01):
    print(f"{reads:14}", *(f"{hit_ratio_of(ttl, reads):10.3f}" for ttl in lives))
hot.compare(round(hit_ratio_of(1, 1_000), 3))

# %% jupyter={"source_hidden": true}
explain(
    "'A TTL below a second is a sign not to cache.' What does the first row say to that?",
    answer="One second is a thousand reads for this key, and 999 of them hit. What counts is r times "
    "T, the reads in a life. For a key that is read every hundred seconds even five minutes leave a "
    "quarter of the reads waiting.",
)

# %% [markdown]
# The formula assumes reads at random and room for every copy. On a recorded trace neither has to be true.
# Here are the shop's page reads, at 100 a second, against the sum of the formula over its pages.

# %%
from collections import Counter

from cachelab.lab import sample_trace

pages = sample_trace("shop").keys.tolist()
rates = {page: count * 100 / len(pages) for page, count in Counter(pages).items()}
for ttl in (1, 10, 100):
    ends, hits = {}, 0
    for number, page in enumerate(pages):
        now = number / 100
        hits += ends.get(page, 0) > now
        if ends.get(page, 0) <= now:
            ends[page] = now + ttl
    ought = sum(rate / 100 * hit_ratio_of(ttl, rate) for rate in rates.values())
    print(f"T = {ttl:3} s: counted {hits / len(pages):.3f}, formula {ought:.3f}")

# %% [markdown]
# Within 0.01, on a trace that nobody made for it. Where reads come in bursts, the truth lies higher for a
# short life, since a burst hits within itself.
#
# **Break it.** Turn the dial. The dots are the strategy, played; the line is the formula. Find a setting
# with a hit ratio over 0.9 at which fewer than one answer in twenty is stale.

# %%
from cachelab.lab import TtlDial
from cachelab.strategies import CacheAside


def cache_aside(store, source, ttl):
    return CacheAside(store, source, ttl, jitter=0)


TtlDial(cache_aside, requests=300)

# %% [markdown]
# Now a well-meant change: a read puts off the end, so that what is used stays ("sliding expiration"). Where
# do the dots leave the line?


# %%
from cachelab.ports import MISSING


class Sliding:
    def __init__(self, store, source, ttl=60):
        self.store, self.source, self.ttl = store, source, ttl

    def read(self, key):
        row = self.store.get(key)
        if row is MISSING:
            row = self.source.read(key).value
        self.store.set(key, row, ttl=self.ttl)
        return row


TtlDial(Sliding, requests=300)

# %% [markdown]
# With T well above the gap between reads, the copy never dies, and nearly every answer is stale. For a
# session, which nobody else changes, sliding is right, with an absolute end beside it. For a copy of
# somebody else's row it is an infinite TTL in disguise, and "don't use infinite TTL" (Don't 2) means this
# as well.

# %% [markdown]
# ## How many answers are stale?
#
# The row changes u times a second, at random, and nobody tells the cache. A read at the age a of the copy
# is stale with probability 1 - exp(-u a). Over the r T reads of a life these add up to
# r (T - (1 - exp(-u T)) / u), of 1 + r T reads.
#
# **Predict.** Let T be the mean time between two changes: the copy lives as long as the row usually does.

# %%
from cachelab.lab import explain, predict

stale = predict("What share of the answers is stale?", unit="share", low=0, high=1)
stale

# %%
from functools import partial

from cachelab.lab.lives import live
from cachelab.operations.deciding import stale_share
from cachelab.strategies import CacheAside

plain = partial(CacheAside, jitter=0)
for ttl in (6, 60, 600):
    seen = live(ttl, 1.0, 1 / 60, plain, requests=8_000).stale_share
    print(
        f"T = {ttl:3} s, a change every 60 s: formula {stale_share(ttl, 1, 1 / 60):.3f}, seen {seen:.3f}"
    )
stale.compare(round(stale_share(60, 1, 1 / 60), 3))

# %% jupyter={"source_hidden": true}
explain(
    "Why more than a third, when on average one change falls into one life?",
    answer="On average one, but at random: of 100 lives some 37 see no change at all, others two or "
    "three. A change in the first half spoils most of a life, one in the second half little. For "
    "reads that are frequent it comes to 1/e, 0.368.",
)

# %% [markdown]
# So the question "what is the right TTL?" has an order (FAQ 1, Interview 3):
#
# 1. How old may an answer be? That bounds T, less what an answer is old already when it is stored.
# 2. Within the bound: the shortest T that gives the hit ratio you need, since a longer one buys stale answers.
# 3. If that is not enough, the TTL is not the tool: invalidate (lesson 10).

# %%
from cachelab.operations import ttl_for

for budget, wanted in ((30, None), (30, 0.9), (5, 0.9)):
    life = ttl_for(budget, reads=0.5, writes=1 / 300, hit_ratio=wanted)
    print(
        f"at most {budget:2} s old, hit ratio to reach {wanted}: T = {life.ttl:.0f} s, "
        f"hits {life.hit_ratio:.3f}, stale {life.stale_share:.3f}"
    )

# %% [markdown]
# **Break it.** Two caches, one behind the other: 30 seconds in the process, 300 in the shared store. An
# answer may be as old as the sum. And a promise of 60 seconds cannot be kept by any TTL in front of a
# store that keeps copies for 300.

# %%
inner = ttl_for(330, reads=1, below=[300])
print(f"answers up to 330 s old: T = {inner.ttl:.0f} s in the process, oldest {inner.oldest:.0f} s")
try:
    ttl_for(60, reads=1, below=[300])
except ValueError as error:
    print(error)

# %% [markdown]
# The tables of habits say: sessions 15 to 30 minutes, API answers 1 to 5, product lists 5 to 15, search
# results 1 to 10, configuration 5 to 15, static content a day to a week. Take them as first guesses. As a
# store, they are rules by prefix, and no entry outlives its rule, whoever stores it.

# %%
from cachelab.invalidation import ExpireAfter
from cachelab.ports import ManualClock, MemoryStore

rules = {"user:": 300, "product:": 3_600, "product:price:": 60, "static:": 86_400}
kept = ExpireAfter(MemoryStore(ManualClock()), rules, default=300, jitter=0)
for key in ("user:7", "product:7", "product:price:7", "static:logo", "search:shoes"):
    kept.set(key, "a value", ttl=None)
    print(f"{key:16} lives {kept.ttl(key):6.0f} s")

# %% [markdown]
# `ttl=None` asks for an entry without an end, and the rule says no. A session is different: each use puts
# off its idle end, nothing puts off the absolute one.

# %%
from cachelab.operations.deciding import session_ttl

for hour in (0, 5, 7.9, 8):
    left = session_ttl(0, hour * 3_600, idle=900, absolute=8 * 3_600)
    print(f"used after {hour:3} h: {'it is over' if left is None else f'{left:.0f} s more'}")

# %% [markdown]
# ## What happens when everything dies at once?
#
# After a restart, a deploy or a nightly import a cache is filled in one go. All copies get the same TTL.
# **Jitter** takes a random part off each life: at a jitter of 0.1, up to a tenth of it.
#
# **Predict.** 200 keys, stored together, live 60 seconds without jitter, each is read once a second.

# %%
import random
from collections import Counter

from cachelab.invalidation import ExpireAfter
from cachelab.lab import explain, figure, predict, show

spike = predict("Loads of the origin in the worst second after that?", low=0, high=200)
spike

# %%
from cachelab.ports import Journal, MemorySource, MemoryStore, SimRuntime, instrument
from cachelab.strategies import CacheAside


def loads_by_second(jitter, keys=200, ttl=60, until=185):
    sim, calls, rng = SimRuntime(), Journal(), random.Random(1)
    source = instrument(MemorySource(), sim, journal=calls)
    cache = CacheAside(MemoryStore(sim), source, ttl, jitter=jitter, rng=rng, runtime=sim)
    for key in range(keys):
        source.write(f"key:{key}", key)
    for second in range(until):
        sim.sleep(second - sim.now())
        for key in range(keys):
            cache.read(f"key:{key}")
    by_second = Counter(int(event.at) for event in calls if event.verb == "read")
    return [by_second[second] for second in range(1, until)]


# %%
loads = {jitter: loads_by_second(jitter) for jitter in (0, 0.1, 0.5)}
chart, axes = figure(3, 1, size=(6.5, 4.2))
for axis, (jitter, series) in zip(axes, loads.items(), strict=True):
    axis.plot(range(1, 185), series)
    axis.annotate(f"jitter {jitter:g}", (3, 130))
    axis.set(ylim=(0, 210), ylabel="loads")
axes[-1].set_xlabel("seconds since the cache was filled")
show(
    chart,
    alt="Loads in each second: without jitter a spike of 200 every minute; with 0.1 lower, wider "
    "hills that flatten out; with 0.5 a nearly even load.",
    caption="Jitter turns spikes into hills, then into a plain.",
)

# %%
for jitter, series in loads.items():
    rounds = [max(series[start : start + 60]) for start in (20, 75, 130)]
    print(
        f"jitter {jitter:3}: {sum(series):5} loads in all, worst second {max(series):3}, by round {rounds}"
    )
spike.compare(max(loads[0]))

# %% jupyter={"source_hidden": true}
explain(
    "What does jitter cost, and why is it drawn downwards only?",
    answer="Copies die a little early, so in the long run there are more loads: with jitter j the mean life is "
    "1 - j/2 of the TTL. Upwards would break the promise: the TTL is the longest time to be wrong. "
    "And each new life draws again, so the hills widen from round to round.",
)

# %% [markdown]
# On a real server the same can be seen without waiting. `PTTL` says how many milliseconds an entry has
# left, so we count, for 5,000 keys stored in one go, how many will die in the same second.

# %% tags=["live"]
from cachelab.ports import RedisStore, start_server

worst = {}
with start_server() as server:
    for jitter in (0, 0.5):
        store = RedisStore(server.url, prefix=f"{jitter}:")
        bounded = ExpireAfter(store, default=10, jitter=jitter, rng=random.Random(1))
        for first in range(0, 5_000, 100):
            bounded.set_many({f"{key}": "row" for key in range(first, first + 100)})
        with store.client.pipeline(transaction=False) as batch:
            left = [batch.pttl(f"{jitter}:{key}") for key in range(5_000)] and batch.execute()
        ends = Counter(one // 1_000 for one in left)
        worst[jitter] = max(ends.values())
        print(f"jitter {jitter:3}: {worst[jitter]:,} of 5,000 keys die within the same second")
        store.close()
assert worst[0] > 1.5 * worst[0.5], "what was stored together dies together, unless it is spread"

# %% [markdown]
# **Break it.** Add a third jitter, 0.01. With a TTL of ten seconds it spreads the ends over 100 ms: hardly
# better than nothing, as seen from a database that needs seconds for 5,000 loads. Jitter is a share of the
# TTL, so a short TTL needs a larger one.

# %% [markdown]
# ## Does renewing ahead spare the readers?
#
# With expiry alone, every T seconds somebody waits for the database. **Refresh-ahead** has the readers near
# a copy's end served at once, and the copy renewed in the background: here when it is read in the last
# fifth of its life.
#
# **Predict.** A page lives 10 s, a load takes 0.2 s. With 10 reads a second and expiry alone, 12 of
# 1,000 readers wait.

# %%
import random

from cachelab.lab import explain, listing, predict
from cachelab.ports import Journal, MemorySource, MemoryStore, SimRuntime, instrument

waiting = predict(
    "With one read every 5 s and refresh-ahead: how many of 1,000 wait?", low=0, high=1_000
)
waiting

# %%
from cachelab.strategies import CacheAside, RefreshAhead


def readers(kind, gap, ttl=10, reads=1_000, **options):
    sim, calls, rng = SimRuntime(), Journal(), random.Random(1)
    source = instrument(MemorySource(), sim, journal=calls, latency=0.2)
    source.write("page", "welcome")
    store = instrument(MemoryStore(sim), sim, latency=0.001)
    cache = kind.over(store, source, ttl=ttl, runtime=sim, rng=random.Random(2), **options)

    def visit():
        sim.sleep(rng.expovariate(1 / gap))
        began = sim.now()
        cache.read("page")
        return sim.now() - began > 0.1

    waited = sim.run(lambda: (sum(visit() for _ in range(reads)), cache.close())[0])
    return waited, calls.counts()["read"]


# %%
print("read every      cache-aside        refresh-ahead")
for gap in (0.1, 1, 5, 60):
    (plain, loads), (ahead, more) = readers(CacheAside, gap), readers(RefreshAhead, gap)
    print(f"{gap:5} s     {plain:5} wait, {loads:4} loads   {ahead:5} wait, {more:4} loads")
waiting.compare(readers(RefreshAhead, 5)[0])

# %% jupyter={"source_hidden": true}
explain(
    "When does it help, and what does it cost where it does not?",
    answer="Somebody has to read in the last fifth of a life: at ten reads a second that is nearly "
    "certain, at one in five seconds it happens in a third of the lives. It loads more, because "
    "a renewed copy has not lived to its end, and the renewal may be for nobody. It prevents misses "
    "of hot keys; the first read, and the rare ones, wait as before.",
)

# %% [markdown]
# **Break it.** `factor` says when a copy's time has come. Earlier means fewer waits and more loads.

# %%
for factor in (0.5, 0.8, 0.95):
    waited, loads = readers(RefreshAhead, 1, factor=factor)
    print(f"from {factor:4} of its life on: {waited:3} of 1,000 wait, {loads} loads")

# %% [markdown]
# Renewing ahead does not make answers fresher than the TTL does, and it is not "strong": the old row is
# served while the new one is on its way. It can even be worse. Here is a version many people write first.
# A reader comes near the end; the renewal reads the old price; a write comes; the renewal stores.


# %%
class Eager(RefreshAhead):
    def _renew(self, key, _copy, _track):
        entry, ttl = self.copies.entry(self._fetch(key))
        self.copies.store.set(key, entry, ttl)


def write_during_renewal(kind):
    sim = SimRuntime()
    wait = sim.sleep
    slow = instrument(MemorySource(), sim, latency=lambda verb, _: 0.4 if verb == "read" else 0.02)
    cache = kind(MemoryStore(sim), slow, sim, ttl=60, jitter=0)

    def story():
        cache.write("price", 10), cache.read("price"), wait(55)
        cache.read("price"), wait(0.25)  # served, and a renewal is on its way
        cache.write("price", 20), wait(1)
        return cache.read("price")

    return sim.run(story)


# %%
print("eager:", write_during_renewal(Eager), "  ours:", write_during_renewal(RefreshAhead))

# %% [markdown]
# A write that was acknowledged with "the old copy is gone" is undone by a background task. Ours stores the
# new copy only in place of the very copy that was seen: `fill(key, copy, ...)` compares and sets in one step.
#
# In the listing `heat` is what this process remembers of a key's reads and renewals, `refresher` has the
# background tasks, and `is_first` leaves a token in the store, so that of all processes one renews.

# %%
listing(RefreshAhead._served, RefreshAhead._renew)

# %% [markdown]
# ## Errata hunt
#
# Published pieces, in our words. Decide what goes wrong before you read on.
#
# **D8.** A refresh-ahead asks the server for `GET` and `TTL` in one trip. It serves the value if
# `cached and remaining_ttl > 0`, and otherwise loads. What does it do with 400 ms left, and with a key that
# has no TTL?

# %% tags=["live"]
from cachelab.ports import start_server

with start_server() as server, server.client() as client, client.pipeline() as batch:
    batch.set("dying", "v", px=400).ttl("dying").pttl("dying").set("lasting", "v").ttl("lasting")
    _, whole, exact, _, endless = batch.execute()
print(f"with {exact} ms left: TTL says {whole}; without an end: TTL says {endless}")
assert (whole, endless) == (0, -1), "TTL is in whole seconds, rounded"

# %% [markdown]
# Both count as misses: a value that is alive is loaded while the reader waits, and an entry without an end
# is loaded at every read. `PTTL` is exact, and "no end" (-1) is not "no entry" (-2). In ours, `ttl(key)` is
# a fraction of seconds, None or MISSING: three answers, three types.
#
# **D9.** A "smart" refresh counts the accesses of each key in a dict: over 100, renew from half of the life
# on. The rest of it was never written. What becomes of the counts?

# %%
from collections import Counter

from cachelab.ports import SimRuntime
from cachelab.strategies.heat import Heat

sim = SimRuntime()
counts, heat = Counter(), Heat(sim, capacity=1_000, half_life=60)
for _ in range(500):
    counts["christmas"] += 1
    heat.read("christmas")
sim.sleep(10 * 60)
for number in range(2_000):
    counts[f"page:{number}"] += 1
    heat.read(f"page:{number}")
print(f"counts: {len(counts):,} keys, christmas {counts['christmas']}, for ever")
print(f"heat:   {len(heat.tracks):,} keys, christmas {heat.of('christmas'):.3f}")

# %% [markdown]
# A count that never decays honours last year's favourites, and a dict of all keys ever read never stops
# growing: a leak with a good reason. `Heat` halves what is a minute old, and forgets whoever has not been
# read for longest.
#
# **D14.** "TTL = acceptable staleness x (1 - write frequency). Example: 30 s and a change every 5 minutes:
# 30 x (1 - 1/300), about 30 s."

# %%
from cachelab.operations import ttl_for

for name, writes in (("every 5 minutes", 1 / 300), ("every second", 1.0), ("2 a second", 2.0)):
    life = ttl_for(30, reads=0.5, writes=writes)
    print(
        f"{name:15} {30 * (1 - writes):6.1f} s by the formula; stale at 30 s: {life.stale_share:.3f}"
    )

# %% [markdown]
# It takes a rate from a number: with minutes for seconds the result is another. At two writes a second it
# is -30 s. What writes decide is not how long a copy may live but how many answers are stale, and here that
# says: do not cache this by TTL.

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "Prices may be 2 s old, a price is read 50 times a second. Is a TTL of 2 s worth having?",
    {
        "No: below a minute a cache does nothing.": "It is r times T that counts: a hundred reads in "
        "a life.",
        "Yes: 0.990 of the reads hit, and the origin gets half a load a second.": "Yes: "
        "100 / 101, and 50 / 101 loads a second.",
        "Only with invalidation.": "The promise is kept by the TTL alone: no answer is older than 2 s.",
    },
    right="Yes: 0.990 of the reads hit, and the origin gets half a load a second.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "Where is it right that each read puts off the end?",
    {
        "For a user's session, with an absolute end beside it.": "Yes: nobody else changes it, and "
        "its idle end is the point. The absolute end stops a stolen one.",
        "For hot products: what is read must not die.": "Then it never dies, and shows last month's "
        "price. That is the second dial.",
        "For configuration, which is read all the time.": "A change would never arrive, for exactly "
        "that reason.",
    },
    right="For a user's session, with an absolute end beside it.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "A feature flag is read 1,000 times a second per process and must change within 10 s everywhere. T?",
    {
        "5 to 15 minutes, as for configuration in general.": "A habit against a requirement: ten "
        "seconds is what was promised.",
        "10 s in the process in front of 10 s in the shared cache.": "Lives add up: an answer may be "
        "20 s old.",
        "At most 10 s in all, whatever lies in between: 5 and 5, or 9 and none.": "Yes. The hit ratio in "
        "the process is over 0.999 either way.",
    },
    right="At most 10 s in all, whatever lies in between: 5 and 5, or 9 and none.",
)

# %% [markdown]
# ## Recap
#
# - From 10 s to 300 s: a tenth more hits, ten times the stale answers (*the first cell*).
# - Reads in a life decide: 0.999 for one second of a hot key (*What does a time to live buy?*).
# - T at the mean gap of changes: 0.362 stale (*How many answers are stale?*).
# - Equal lives: 200 loads in one second, with jitter a fraction (*What happens when everything dies at
#   once?*).
# - Refresh-ahead: 1 reader waits instead of 12, if the key is hot (*Does renewing ahead spare the
#   readers?*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer.
#
# <details><summary>What is TTL, and how do you choose it? (Interview 3, FAQ 1)</summary>
#
# The longest time a copy is used. I ask how old an answer may be, subtract the ages below, and take the
# shortest life in that bound with the hit ratio I need: r T / (1 + r T). The rate of changes (Do 2) says how
# many answers are stale then. I add jitter, and never an endless life (Don't 2). Evidence: the first
# table.
#
# </details>

# %% [markdown]
# <details><summary>When would you use refresh-ahead, and what can go wrong?</summary>
#
# For hot keys whose load is slow: at ten reads a second one reader in 1,000 waits instead of 12. For cold
# keys it only loads more. It goes wrong when two renewals of one key run, when whole seconds are taken for
# the rest of a life, and when a renewal stores over a newer write; hence compare and set. Evidence: the
# last loop.
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 06](../exercises/ex06_refresh_ahead/ex06_refresh_ahead.ipynb): find the life for a staleness
# budget, jitter it, and build a `RefreshAhead` that renews once, to the millisecond, and never brings back
# the past, 40 points. Next: [Why is O(1) LRU harder than it looks?](07_lru_from_scratch.ipynb)
#
# Words: [expire](glossary.md#expire), [jitter](glossary.md#jitter),
# [refresh-ahead](glossary.md#refresh-ahead), [time to live](glossary.md#time-to-live).
