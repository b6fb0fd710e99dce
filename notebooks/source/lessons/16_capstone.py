# %% [markdown]
# # Can your design get through market day?
#
# 300 minutes, in as many sittings as you like. Before: all lessons, and
# [15_design_interviews](15_design_interviews.ipynb) above all. Lanes: SIM (exact, the same on every machine) and
# LIVE (a real server and SQLite on yours). 400 points.

# %% [markdown]
# You will be able to
#
# - **design** a cache with several layers for data that differ in what may happen to them;
# - **measure** it on days that you have not seen, and while something fails;
# - **decide** with numbers, and say what would make you wrong;
# - **show** it on one page to somebody who has to pay for it.

# %%
from cachelab.lab.market import REFERENCES, Budget
from cachelab.lab.market.board import standing, standings_table

shown = [standing(name, REFERENCES[name]) for name in ("none", "aside", "huge", "careful")]
print(standings_table(shown))
print(f"there are {Budget().dollars:,.0f} dollars a month")

# %% [markdown]
# Four designs on three public days. `none` asks the origin for everything; `aside` is cache-aside with a time to live
# for each class of data. `huge` is `aside` with at least ten times the memory in each layer. It costs three times as
# much and gains nothing at all: what makes `aside` miss is not room. `careful` uses all layers, deletions and leases;
# it costs less than both and waits a third less. You build the fifth design.

# %% [markdown]
# | Column | Of three days |
# |---|---|
# | dollars | a month like the dearest of them |
# | mean ms, p99 ms | the wait of all reads; the p99 of the worst day |
# | stale | the share of answers out of date, though as promised, on the worst day |
# | gain | from 0, no cache, to 1, a design that knows the day beforehand (`clairvoyant`) |

# %% [markdown]
# ## Which shop opens tomorrow?
#
# Users come in at one of three edges (`cdn`). What an edge does not have goes to one of six processes, each
# with a memory of its own (`l1`). They share a cache on four nodes (`l2`). Behind it is the origin: forty
# slots, a quarter of a second for a call. Who would wait longer than a second for a slot is turned away.

# %%
from cachelab.lab.market.costs import Costs
from cachelab.lab.market.origin import LONGEST_WAIT, SLOTS

costs = Costs()
for name, seconds in (*costs.look.items(), ("way to the shop", costs.way)):
    print(f"{name:16} {1e3 * seconds:8.2f} ms")
print(
    f"{'origin':16} {1e3 * costs.service:8.2f} ms, {SLOTS} at a time, wait up to {LONGEST_WAIT:g} s"
)
print(f"so it bears {SLOTS / costs.service:.0f} calls a second")

# %% [markdown]
# A request begins at its edge, and your code with it. Its first step past the edge costs the way to the shop, once.
# A user mostly stays with one process and one edge; one request in ten goes elsewhere.
#
# **Predict.** On an ordinary day sixty reads a second come in, on a day with a flash sale six times as many
# for half a minute.

# %%
from cachelab.lab import predict

turned_away = predict(
    "Without a cache, which share of that whole day's reads gets no answer?", low=0, high=1
)
turned_away

# %%
from cachelab.lab.market import REFERENCES, play, workload

day = workload("flash sale", seed=1)
rush = sum(50 <= one.at < 80 and not one.is_write for one in day.requests)
sale = play(REFERENCES["none"], day)
print(f"{sale.reads:,} reads, {sale.failed:,} without an answer; p50 {sale.p50:.2f} s")
print(f"the rush is {rush:,} reads, and as many as {sale.failed / rush:.0%} of them are lost")
print(f"worst second: {sale.worst_second} calls of an origin that bears 160")
turned_away.compare(round(sale.failed / sale.reads, 2))

# %% jupyter={"source_hidden": true}
from cachelab.lab import explain

explain(
    "Why is more than half of the rush lost when it is 2.25 times what the origin bears?",
    answer="360 calls a second meet 160 that can be borne. The queue grows to the second that callers may "
    "wait, and from then on each new call finds it full: of 360, 200 are turned away. They cost the "
    "origin nothing, but their users have waited for an error.",
)

# %% [markdown]
# ## What is promised about the data?

# %%
from cachelab.lab.market import CLASSES

print(f"{'class':10} {'may be old':>10} {'keys':>6} {'bytes':>7} {'reads':>6}  more")
for kind in CLASSES.values():
    more = [word for word in ("private", "durable", "exact") if getattr(kind, word)]
    print(
        f"{kind.name:10} {kind.max_age:8} s {kind.objects:6,} {kind.mean_bytes:7,} "
        f"{kind.share:6.0%}  {', '.join(more)}"
    )

# %% [markdown]
# | Word | Promise |
# |---|---|
# | may be old | for so long an answer may have been out of date when it was asked for |
# | exact | at the checkout (`ctx.checkout`) it must be true: 0 s |
# | private | rows of one user: never in `cdn` or `l2`, which users share |
# | durable | what `write` has acknowledged must reach the origin, though a node dies |
#
# Two more hold for every class. A read is answered with a row of its key. And rows are kept in layers only:
# a row in a variable is memory that nobody paid for.

# %% [markdown]
# **Break it.** Here is cache-aside with one mistake: its copies live for ten seconds, whatever they are.
# `Everyday(TenSeconds)` puts an object of the class into each of the six processes. The judge shows the shortest
# history that breaks a promise.

# %%
from cachelab.lab.market import Everyday, Shop, shortest_history, workload
from cachelab.lab.market.designs.aside import Design as Aside
from cachelab.ports import MISSING


class TenSeconds(Aside):
    def read(self, ctx, key):
        layer = ctx.l1 if key.startswith(("cart", "session", "feed")) else ctx.l2
        row = layer.get(key)
        if row is MISSING:
            row = ctx.origin.read(key)
            layer.put(key, row, ttl=10)
        return row


# %%
day, contestant = workload("weekday"), Everyday(TenSeconds)
breaches = Shop(day, contestant(day)).play().breaches
print(len(breaches), "breaches:", sorted({breach.kind for breach in breaches}))
worst = shortest_history(contestant, day, next(b for b in breaches if b.kind == "checkout"))
for at, who, call, outcome in worst.history:
    print(f"{at:7.2f} s  {who:10} {call:48} {outcome}")
print(worst.kind, "-", worst.story)

# %% jupyter={"source_hidden": true}
from cachelab.lab import explain

explain(
    "Read the history from its end. Which two ways out does a design have?",
    answer="The checkout may go past all copies to the origin. Or it may ask a cache from which a write "
    "removes the copy before it is acknowledged, with leases, so that no load that the write has "
    "overtaken can bring the old row back. The second saves the call of the origin, 250 ms, whenever the "
    "cache has the row.",
)

# %% [markdown]
# ## What does it cost?

# %%
from cachelab.lab.market import Budget
from cachelab.lab.market.budget import PARTS, PLACES

budget = Budget()
for layer, places in PLACES.items():
    dollars = budget.prices.megabyte[layer]
    print(f"{layer:4} {dollars:g} dollars for a megabyte in each of {places} places")
print(f"{budget.prices.part:g} for each moving part in use: {', '.join(PARTS)}")
print(f"{budget.prices.million_calls:g} for a million calls of the origin")
print(f"{budget.prices.gigabyte_from_app:g} for a gigabyte that the shop sends")
print(f"{budget.prices.gigabyte_from_cdn:g} for a gigabyte that an edge sends")

# %% [markdown]
# Prices are numbers of the game, no quotations; a megabyte of the model stands for a gigabyte. Memory is paid for
# whether it is used or not. What is used is counted on each day and multiplied to a month.
#
# **Predict.** The careful design spends 156 dollars on memory.

# %%
from cachelab.lab import predict

largest = predict(
    "What is the largest item of its bill?", options=("memory", "parts", "origin", "egress")
)
largest

# %%
from cachelab.lab.market import REFERENCES, play, workload

careful = play(REFERENCES["careful"], workload("weekday"))
for item, dollars in careful.bill.items():
    print(f"{item:8} {dollars:6.0f}")
print(f"{'sum':8} {careful.dollars:6.0f}   parts: {', '.join(careful.parts)}")
largest.compare(max(careful.bill, key=careful.bill.get))

# %% [markdown]
# ## What does a design look like?
#
# One class. The shop makes six objects of it, one for each process, and calls them. Each gets `ctx`, the world as that
# process sees it. An attribute of `self` is a note of one process: for what it has seen, never for rows.

# %% [markdown]
# | Method | Its part |
# |---|---|
# | `configure(budget)` | the layers to buy: `{"l2": {"megabytes": 8, "policy": "s3_fifo", "entries": 4000}}` |
# | `read(ctx, key)` | return a row, as a layer or the origin gave it |
# | `write(ctx, key, value)` | to return is to acknowledge |
# | `on_event(ctx, event)` | `event.kind` is "start", "message" or "timer"; `event.note`, `.sender`, `.sequence` |
#
# Megabytes are for each place. `entries` are what the policy counts with, 200 for a megabyte if you say nothing; the
# bytes bind besides. Without a `policy` it is "lru".

# %%
from textwrap import fill

from cachelab.lab.market.budget import RUNNING

print(fill(f"policies: {', '.join(RUNNING)}", width=80))

# %% [markdown]
# | Of `ctx` | What it does |
# |---|---|
# | `cdn`, `l1`, `l2` | `get(key)`: a row or `MISSING`; `put(key, row, ttl, lease=None)`; `delete(key)` |
# | the same | `get_or_lease(key)`: row and None, or MISSING and the lease; waits for another's fill |
# | `origin` | `read(key)`, `write(key, value)`: a row with `key`, `value`, `version`, `at`, `bytes` |
# | `now()` | this process's clock in seconds, up to half a second from another's |
# | `publish(note)`, `later(seconds, note)` | a message to the others; a timer, with 0 in the background |
# | `process`, `edge`, `checkout`, `random` | where and what this request is |
#
# A `ttl` is in seconds; at 0 or below nothing is stored. A row's `at` is the moment at which it was true, by the
# origin's clock. A lease that nobody fills is given to another after three seconds; MISSING without a lease says:
# load the row, and do not store it.
#
# `StoreError`: a node is dead. `Overloaded`: the origin turns you away. Both come from `cachelab.ports`, are the
# world's fault, and yours to handle: a read that raises them has no answer.

# %% [markdown]
# ### A first design that runs
#
# Only the standard library and `cachelab.ports` can be imported. Make this cell yours: all below judges what
# stands here. After each change run it and the next three cells: they play three days and show where the
# origin's calls come from. Ask for the verdict when your figures are better.
#
# As it stands the judge gives it about 220 of 360 points, all for the gates, the gap and the replay, less than
# half for the hidden days and the faults.

# %% solution="design"
from cachelab.ports import MISSING

LIVES = {"catalogue": 50, "price": 1, "stock": 8, "cart": 8}
LIVES |= {"session": 25, "feed": 50, "search": 50}
PRIVATE = {"cart", "session", "feed"}


class Design:
    """Cache-aside: a start, and a safe one."""

    def configure(self, budget):
        return {"l1": {"megabytes": 2}, "l2": {"megabytes": 4, "entries": 4_000}}

    def read(self, ctx, key):
        kind = key.partition(":")[0]
        if ctx.checkout:
            return ctx.origin.read(key)
        layer = ctx.l1 if kind in PRIVATE else ctx.l2
        row = layer.get(key)
        if row is MISSING:
            row = ctx.origin.read(key)
            layer.put(key, row, ttl=LIVES[kind] - (ctx.now() - row.at))
        return row

    def write(self, ctx, key, value):
        ctx.origin.write(key, value)

    def on_event(self, ctx, event):
        pass


# %%
from cachelab.lab.market import REFERENCES, Everyday
from cachelab.lab.market.board import standing, standings_table

yours = standing("yours", Everyday(Design))
others = [standing(name, REFERENCES[name]) for name in ("none", "aside", "careful", "clairvoyant")]
print(standings_table([yours, *others]))
print("promises broken:", yours.breaches)

# %% [markdown]
# **Run.** The weekday in detail: which layer finds how much, by requests and by bytes, and what the origin has to bear.

# %%
today = yours.days[0]
for layer, ratio in today.object_ratios.items():
    print(f"{layer}: {ratio:.3f} of the looks, {today.byte_ratios[layer]:.3f} of the bytes")
print(f"origin: {today.origin_calls:,} calls, worst second {today.worst_second}")
print(
    f"p50 {1e3 * today.p50:.0f} ms, p99 {1e3 * today.p99:.0f} ms, p99.9 {1e3 * today.p999:.0f} ms"
)
print(
    f"stale {today.stale_share:.1%}, worst {today.worst_age:.1f} s; lost writes {today.lost_acks}"
)
print("parts:", ", ".join(today.parts))
print("calls:", ", ".join(f"{kind} {calls}" for kind, calls in sorted(today.calls_of.items())))

# %% [markdown]
# ### How is the score made?
#
# A day's pain is what a read costs a user, in milliseconds: the mean wait, a tenth of the p99, and 50 ms for
# each answer out of date. The gain is where your pain lies between two others, on a log scale: 0 without a
# cache, 1 for a design that knows the day beforehand. Halving the pain counts the same wherever it begins. So a
# hard day is no punishment, and an easy one no gift.

# %%
from cachelab.lab.market import gain, pain_of

pains = {name: pain_of(name, "weekday", 0) for name in ("none", "aside", "careful", "clairvoyant")}
for name, pain in {**pains, "yours": today.pain_ms}.items():
    share = gain(pain, pains["none"], pains["clairvoyant"])
    print(f"{name:12} {pain:6.1f} ms  gain {share:.2f}")

# %% [markdown]
# | Part | Points | Rule |
# |---|---|---|
# | gates | 60 | it runs; promises; privacy; budget. One that is closed caps everything at 120, and you see the shortest history |
# | hidden days | 160 | eight families, seeds you do not know: half the mean gain, half the *least* |
# | faults | 80 | six: at most 48 calls in the origin's worst second, fast again within 10 s, at most 1 % of reads fail, no promise broken |
# | gap | 20 | mean gain on hidden days at least 0.25, and less than 0.10 below that on public ones |
# | live | 40 | a minute on a real server and SQLite: promises hold, calls and p99 within 30 % of the prediction |
# | record | 40 | by hand, below |

# %% [markdown]
# ### Which days come?

# %%
from cachelab.lab.market import HAPPENS, PUBLIC

for name, sentence in HAPPENS.items():
    print(f"{name:16} {sentence}{' (public)' if name in PUBLIC else ''}")

# %% [markdown]
# The first three are public. The next eight are hidden: you may play days of their kind, and the judge draws its own. The
# last six are faults, each on an ordinary day.
#
# The judge plays the days in one process and your design in another: the design sees one call after the other, and
# no seed. That takes some minutes, one of them for the replay in real time, so the cell below waits until you say so.

# %%
from cachelab.grading import check

JUDGE_ME = False
check("capstone", Design) if JUDGE_ME else "set JUDGE_ME to True: the verdict takes some minutes"

# %% [markdown]
# ### Does it hold outside the simulator?
#
# The first seconds of a day that no other cell uses, in real time: the shared cache is a server, the origin a
# table in SQLite whose calls take 250 ms as the shop's do; edges and processes stay in this program. The
# simulator then plays the same seconds. The judge replays a minute.

# %% tags=["live"]
from cachelab.lab.market import workload
from cachelab.lab.market.live import replay_live

replay = replay_live(Everyday(Design), workload("weekday", seed=5), seconds=6)
real, said = replay.measured, replay.predicted
print(f"calls of the origin: {real.origin_calls}, predicted {said.origin_calls}")
print(f"p99: {1e3 * real.p99:.0f} ms, predicted {1e3 * said.p99:.0f} ms")
print(
    f"a look at the server {1e6 * replay.look:.0f} us, a read of the table {1e6 * replay.call:.0f} us"
)
print("promises broken:", len(real.breaches))
assert replay.calls_off < 0.3
assert not real.breaches

# %% jupyter={"source_hidden": true}
from cachelab.lab import explain

explain(
    "The calls agree almost exactly, the p99 less so. Where does the difference come from?",
    answer="Calls follow from which keys are asked for and how long copies live, and both are the same. The "
    "p99 is one read in a hundred, here about three reads, and how long their calls of the origin take "
    "is drawn anew: another draw, another p99. In a minute it is decided by thirty reads, and comes "
    "within a tenth or so. A pause of the machine is small beside 250 ms; code of yours that takes long is not.",
)

# %% [markdown]
# ### The page that you show
#
# Every kind of day, every fault, and the references beside you. The families are known; the judge's days are
# not these.

# %%
from cachelab.lab import show
from cachelab.lab.market import FAMILIES, FAULTS, Budget
from cachelab.lab.market.board import fault_log, gains_table, pareto_chart

page = [yours, *others]
words = "; ".join(f"{s.name}: {s.dollars:,.0f} dollars, p99 {s.p99:.2f} s" for s in page)
show(
    pareto_chart(page, Budget().dollars),
    alt=f"Waiting and staleness over dollars a month. {words}.",
    caption="Left and low is better; the dotted line is the budget.",
)
print(standings_table(page))

# %%
whole = standing("yours", Everyday(Design), families=[*FAMILIES], faults=[*FAULTS])
print(gains_table(whole))
print("dearest day:", f"{whole.dollars:,.0f} dollars; promises broken: {whole.breaches}")

# %%
print(fault_log(whole))

# %%
from cachelab.lab.market.page import page as sheet

SAVE_ME = False
report = sheet(yours, others, whole=whole)
report.save("report.html") if SAVE_ME else "set SAVE_ME to True; print report.html in a browser"

# %% [markdown]
# The table of gains is what to read first. The least gain counts as much as the mean, so work on the top line. Then
# the log: a fault asks who shields the origin in the second after it.

# %% [markdown]
# <details><summary>Hint 1: where do the calls come from?</summary>
#
# `calls_of` counts them by class. Which class has short lives because nobody tells it about writes?
#
# </details>

# %% [markdown]
# <details><summary>Hint 2: what may live longer?</summary>
#
# A copy that a write removes needs no short life. The shared cache can be kept true: delete before the write
# is acknowledged, and fill with a lease. An edge or a process hears of a write late or never, so there the
# promise is the limit.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: what does the careful design leave open?</summary>
#
# Read it once you have one of your own: `cachelab/lab/market/designs/careful.py`, some eighty lines. Its private rows
# are loaded anew after every write, and it fetches hot rows when they have expired, not before.
#
# </details>

# %% [markdown]
# ## What did you decide, and what would make you wrong?
#
# 40 points, by a teacher, with this rubric: each decision names what else was possible (10) and a number of your
# own that decided it (10); the limits of the simulator that matter here (8); the p99 of the replay explained
# (4); what you would measure in the first week, and which value would change your mind (8).

# %% [markdown] essay="decision-record" points=40
# **Decision 1.** What I chose, what I did not, and the measurement that decided it:
#
# **Decision 2.**
#
# **Decision 3.**
#
# **The replay.** Predicted and measured, and why they differ:
#
# **What would make me wrong.** The assumption, the measurement that would show it, the value at which I would change
# the design:

# %% [markdown]
# ## Interview minutes
#
# <details><summary>Design a cache for an e-commerce site. (Interview 15)</summary>
#
# Begin with promises, not with layers: stock at checkout, prices, pages, carts and sessions differ in how old and
# how visible they may be. Public rows at the edge with a life below the promise; a shared cache kept true by
# deletions and leases; a user's rows in the process only. Then numbers: misses a second against slots, dollars
# by item, and what each fault leaves. Evidence: your page.
#
# </details>

# %% [markdown]
# ## Recap
#
# - Ten times the memory: three times the dollars, no gain (first cell).
# - Twice what the origin bears: more than half of a rush unanswered (*Which shop opens tomorrow?*).
# - One life for all classes breaks a promise within a day (*What is promised about the data?*).
# - The origin is the largest item of the bill, memory less than a quarter (*What does it cost?*).
# - Calls are foretold almost exactly, the p99 as well as its number of reads allows
#   (*Does it hold outside the simulator?*).

# %% [markdown]
# Hand in this notebook: it has the decision record, which a file has not. For a file,
# `cachelab judge capstone design.py --page report.html` gives the same verdict and the page, one sheet that a browser
# prints. Words: [stampede](glossary.md#stampede), [lease](glossary.md#lease), [hot key](glossary.md#hot-key).
