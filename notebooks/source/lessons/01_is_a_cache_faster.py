# %% [markdown]
# # When is adding a cache a slowdown?
#
# 60 minutes. Before: [00_start_here](00_start_here.ipynb). Lanes: LIVE (SQLite, a web server and a
# real cache server on your machine) and SIM (exact, the same on every machine).

# %% [markdown]
# You will be able to
#
# - **measure** how long an answer takes: warmed up, by percentiles, with the waiting in it;
# - **derive** the average time of a read through a cache, and the hit ratio at which it breaks even;
# - **explain** hit, miss and eviction to somebody who has only ever used a library;
# - **correct** the latency numbers that everybody quotes.

# %% tags=["live"]
import sqlite3
from timeit import repeat

from cachelab.ports import start_server

database, query = sqlite3.connect(":memory:"), "SELECT name FROM users WHERE id = ?"
database.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
database.executemany("INSERT INTO users VALUES (?, ?)", ((n, f"user {n}") for n in range(10_000)))
with start_server() as server, server.client(timeout=5) as cache:
    cache.set("7", "user 7")
    row = min(repeat(lambda: database.execute(query, (7,)).fetchone(), number=200))
    copy = min(repeat(lambda: cache.get("7"), number=200))
database.close()
print(f"every read a hit, and {copy / row:.0f} times as slow (best of 5 rounds of 200)")
assert copy > 2 * row, "a trip to another process is longer than a B-tree"

# %% [markdown]
# A database, a cache in front of it, a hit ratio of 1.0: no read ever misses. And the cache makes it
# slower, by far. SQLite looks a row up inside this process; the cache server is another process, and
# each question is a message there and one back. (One machine, loopback: a network makes it worse.)
#
# A **cache** keeps copies of data where they are faster to get. Whether they are is the first thing to
# measure, and seldom measured.

# %% [markdown]
# ## What has a library to do with it?
#
# Millions of books stand on the shelves, a walk away. On your desk there is room for a few. You look
# at the desk first; if the book is not there, you walk, bring it, and put another one back when the
# desk is full. Every word of the trade has its picture here.

# %%
from IPython.display import SVG

from cachelab.lab import metaphor_svg

SVG(metaphor_svg())

# %% [markdown]
# **Predict.** The desk has room for two books. You read `Emma Dune Emma Ulysses Dune Emma`, and when
# the desk is full the book goes back that you have not read for longest (the rule's name is
# [LRU](glossary.md#lru), least recently used).

# %%
from cachelab.lab import explain, predict

walks = predict("How many walks to the shelves?", low=0, high=6)
walks

# %%
from cachelab.lab import read_at_desk

books = ["Emma", "Dune", "Emma", "Ulysses", "Dune", "Emma"]
readings = read_at_desk(books, room=2, look=1, walk=120)
print(*readings, sep="\n")
print("on average", round(sum(reading.seconds for reading in readings) / len(readings), 1), "s")
walks.compare(sum(not reading.is_hit for reading in readings))

# %% jupyter={"source_hidden": true}
explain(
    "Without a desk, every reading is a walk of 120 seconds. Who pays for the desk?",
    answer="Every miss: it looks at the desk first, for nothing, so it takes 121 seconds. The one "
    "hit saves 119. A desk is worth it when the hits save more than the misses lose.",
)

# %% [markdown]
# **Break it.** Move the desk: to the next room, then to another floor. Then give it room for three.

# %%
for room, look in ((2, 1), (2, 25), (2, 60), (3, 1), (3, 60)):
    readings = read_at_desk(books, room, look=look, walk=120)
    mean = sum(reading.seconds for reading in readings) / len(readings)
    print(f"room for {room}, a look takes {look:2} s: {mean:5.1f} s a book, 120.0 without a desk")

# %% [markdown]
# ## How long do things take here?
#
# **Predict.** Four ways to get a hundred bytes: a dict in this process, a row from SQLite by its key
# (also in this process), a cache server on this machine, a web server on this machine.
#
# Each is asked 200 times. Of its times you get two: **p50**, the median, which half of them do not
# exceed, and **p99**, which 99 in a hundred do not exceed.

# %%
from cachelab.lab import explain, predict

order = predict(
    "From the fastest to the slowest?",
    options=(
        "dict, cache server, SQLite, web server",
        "dict, SQLite, cache server, web server",
        "cache server, dict, SQLite, web server",
    ),
)
order

# %%
factor = predict("Cache server: how many times the time of SQLite's row?", unit="times", low=0)
factor

# %% tags=["live"]
from cachelab.lab import latency_ladder

names = ["dict", "memory_store", "sqlite", "server_unix", "server_tcp", "http"]
ladder = latency_ladder(names, samples=200, at_most=0.3)
time_of = {rung.name: rung.seconds for rung in ladder.measured}
for rung in ladder.measured:
    p50, p99 = rung.seconds * 1e6, rung.p99 * 1e6
    print(f"{rung.name:31} p50 {p50:7.2f} us, p99 {p99:7.2f} us, n {rung.samples}")
row, cached = time_of["SQLite, row by key"], time_of["cache server GET, loopback TCP"]
print(order.compare("dict, SQLite, cache server, web server"))
print(factor.compare(round(cached / row, 1)))
assert 2 * time_of["dict lookup in Python"] < row < cached / 2, "process, database, server"

# %% tags=["live"]
from cachelab.lab import ladder_chart, ladder_in_words, show

show(
    ladder_chart(ladder.measured),
    alt=ladder_in_words(ladder.measured),
    caption="Leaving the process costs more than the look itself.",
)
assert ladder.resolution < time_of["cache server GET, loopback TCP"], "the timer can tell"

# %% jupyter={"source_hidden": true}
explain(
    "The server finds a key in a hash table, as the dict does. Where does the time go?",
    answer="Into the way: a system call to send, a switch to the other process, one back, and "
    "Python's client packing and parsing the message. The look in the table is the smallest part. "
    "A faster server would hardly change your number; fewer trips do.",
)

# %% [markdown]
# The published numbers are far apart as well: the view reveals them one by one, and asks you to guess
# where the next is much slower. Add times of your own, or all of the ladder you measured:
# `LatencyLadder(ladder)`.

# %%
from cachelab.lab import LatencyLadder

LatencyLadder({"my cache, as I remember it": 1e-3, "my query, as I remember it": 50e-3})

# %% [markdown]
# **Break it.** Does the cache lose against *the database*? It lost against a row by its key. Ask for
# a sum over 20,000 rows and look again.

# %% tags=["live"]
import sqlite3

from cachelab.lab.ladder import measure

database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE orders (customer INTEGER, cents INTEGER)")
database.executemany("INSERT INTO orders VALUES (?, ?)", ((n % 50, n) for n in range(20_000)))


def add_up(times):
    for _ in range(times):
        database.execute("SELECT customer, sum(cents) FROM orders GROUP BY 1").fetchall()


total = measure(add_up, samples=30, at_most=1)
database.close()
print(f"sum over 20,000 rows: p50 {total.p50 * 1e3:.2f} ms, p99 {total.p99 * 1e3:.2f} ms")
assert total.p50 > 2 * cached, "which query it is decides, not that it is a database"

# %% [markdown]
# ## Which number do you report?
#
# An average hides the slow ones. A **percentile** shows them: sort the times, and the p99 is the
# smallest that at least 99 % of them do not exceed. One request in a hundred takes that long or longer.
# And the first answer pays for what is done once, so `measure` warms up before it counts.

# %% tags=["live"]
from time import perf_counter

from cachelab.ports import start_server

times = []
with start_server() as server, server.client(timeout=5) as client:
    for _ in range(200):
        start = perf_counter()
        client.get("nothing")
        times.append(perf_counter() - start)
median = sorted(times)[100]
print(f"first {times[0] * 1e6:.0f} us, median {median * 1e6:.0f} us, n {len(times)}")
assert times[0] > median, "a connection is opened once"

# %% [markdown]
# One trap is left.
#
# **Predict.** A server answers 5,000 requests in 1 ms each, with one hang of a second in the middle. A
# test program asks, waits for the answer, asks again. Users come every 10 ms, hang or not.

# %%
from cachelab.lab import explain, predict

slowest = predict("The users' 99th percentile, in milliseconds?", unit="ms", low=0, high=2_000)
slowest

# %%
from cachelab.lab.ladder import nearest_rank, with_waiting

service = [0.001] * 5_000
service[2_500] = 1.0
users = with_waiting(service, every=0.010)
for who, times in (("test program", service), ("users", users)):
    p50, p99 = (nearest_rank(times, percent) * 1_000 for percent in (50, 99))
    mean = sum(times) / len(times) * 1_000
    print(f"{who:12} mean {mean:5.1f} ms, p50 {p50:5.1f} ms, p99 {p99:5.1f} ms")
slowest.compare(round(nearest_rank(users, 99) * 1_000))

# %% jupyter={"source_hidden": true}
explain(
    "Both watched the same server. Why does the test program see nothing?",
    answer="While the server hung, it was waiting for one answer and asked nothing: one slow sample "
    "in 5,000. A hundred users came in that second; each waited for the rest of it, and for "
    "those in front. The test left out the requests that would have been slow. This is called coordinated omission.",
)

# %% [markdown]
# **Break it.** Let users come more often, or less often. The hang stays the same.

# %%
for every in (0.100, 0.020, 0.010, 0.005, 0.002):
    times = with_waiting(service, every)
    p90, p99 = (nearest_rank(times, percent) * 1_000 for percent in (90, 99))
    print(f"a user every {every * 1_000:3.0f} ms: p90 {p90:5.0f} ms, p99 {p99:5.0f} ms")

# %% [markdown]
# The busier the server, the more people one hang reaches. A cache node that stops for a second is such
# a hang. (Idea and name: G. Tene, "How NOT to Measure Latency", Strange Loop 2015.)

# %% [markdown]
# ## What does a miss cost?
#
# A **hit** costs the look. A **miss** costs the look that found nothing, the question to the
# [origin](glossary.md#origin), where the truth is, and storing the answer (the *fill*). With hit ratio h:
#
# `mean = h * look + (1 - h) * (look + origin + fill)`
#
# **Predict.** A look takes 75 microseconds, as does storing; the origin answers in 8 (a cache server
# on loopback before SQLite; the ladder says what they are on your machine).

# %%
from cachelab.lab import explain, predict

even = predict(
    "From which hit ratio on is the average read faster than without the cache?",
    options=("0.11", "0.50", "0.90", "from none"),
)
even

# %%
from cachelab.operations.deciding import access_time, break_even_hit_ratio

look = fill = 75e-6
for origin in (8e-6, 100e-6, 1e-3, 50e-3):
    needed = break_even_hit_ratio(look, origin, fill)
    time = access_time(0.9, look, origin, fill)
    print(f"origin {origin * 1e6:6.0f} us: miss {time.miss * 1e6:6.0f} us, ", end="")
    print(f"at 0.9 {time.speedup:5.2f} times as fast, break-even {needed:.3f}")
needed = break_even_hit_ratio(look, 8e-6, fill)
even.compare("from none" if needed >= 1 else "0.90")

# %% jupyter={"source_hidden": true}
explain(
    "Before an origin of 100 microseconds the break-even is above 0.8. Where does that come from?",
    answer="Hits save 25 microseconds each; misses lose 150, look and fill. Six hits pay for one "
    "miss: six in seven, 0.857.",
)

# %% [markdown]
# The whole surface in one picture: the hit ratio across, how many times as fast upwards, one line for
# each ratio of origin to look (fill as dear as the look).

# %%
from cachelab.lab import figure, show

chart, axes = figure()
ratios = [n / 50 for n in range(50)] + [0.99, 0.999, 1.0]
for slower, marker in ((2, "^"), (10, "s"), (50, "o")):
    speedups = [access_time(h, 1, slower, 1).speedup for h in ratios]
    axes.plot(ratios, speedups, marker=marker, markevery=10)
    axes.annotate(f"  origin {slower} looks", (1, speedups[-1]), va="center")
    print(slower, *(f"h {h}: {access_time(h, 1, slower, 1).speedup:.2f}" for h in (0, 0.5, 0.9, 1)))
axes.axhline(1, color="black", linewidth=0.8)
axes.set(xlabel="hit ratio", ylabel="times as fast (log)", yscale="log", xlim=(0, 1.35))
axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
show(chart, alt="Speed-up against hit ratio: all lines begin below 1 and rise steeply only near "
     "1, up to 2, 10 and 50.", caption="The slower the origin, the more the last tenth of hits brings.")  # fmt: skip

# %% [markdown]
# Every line begins below 1: a cache that never hits is a slowdown. And the lines are steep at the
# right end: from 0.9 to 1.0 the middle one goes from 4.76 to 10. That is why people who run caches care
# about the last percent.
#
# **Break it.** Put a dict before the server: two layers. Each ratio is that of the reads which *reach*
# its layer.

# %%
from cachelab.operations.deciding import Layer, mean_access_time

server = Layer(lookup=75e-6, hit_ratio=0.9, fill=75e-6)
print(f"server alone:         {mean_access_time([server], origin=1e-3) * 1e6:6.1f} us")
for behind in (0.9, 0.75, 0.5):
    near = Layer(lookup=0.5e-6, hit_ratio=0.6, fill=0.5e-6)
    far = Layer(lookup=75e-6, hit_ratio=behind, fill=75e-6)
    mean = mean_access_time([near, far], origin=1e-3) * 1e6
    print(f"dict 0.6, server {behind:.2f}: {mean:6.1f} us")

# %% [markdown]
# If the dict takes the easy 60 %, the server will hardly keep its 0.9: what is left is harder to hit.
# At 0.75 the origin gets as many reads as before, and the dict pays. At 0.5 it gets twice as many, and
# the two layers are slower than the server was alone. [Lesson 03](03_layers_and_http.ipynb) measures how
# much is left.

# %% [markdown]
# ## Is it the look, the way, or the parcel?
#
# Most of a look at the server was the way. A pipeline sends many questions at once and reads the
# answers together.
#
# **Predict.** 1,000 keys, one by one or a hundred to a trip.

# %%
from cachelab.lab import explain, predict
from cachelab.ports import start_server

gain = predict("A hundred to a trip: how many times as fast per key?", unit="times", low=0)
gain


# %%
def fetch(client, size):
    for first in range(0, 1_000, size):
        with client.pipeline(transaction=False) as trip:
            for n in range(first, first + size):
                trip.get(f"k{n}")
            trip.execute()


# %% tags=["live"]
from functools import partial
from timeit import repeat

per_key = {}
with start_server() as server, server.client(timeout=5) as client:
    client.mset({f"k{n}": "x" * 100 for n in range(1_000)})
    for size in (1, 10, 100):
        per_key[size] = min(repeat(partial(fetch, client, size), number=1)) / 1_000
        print(f"{size:3} to a trip: {per_key[size] * 1e6:6.1f} us a key, best of 5 rounds of 1,000")
print(gain.compare(round(per_key[1] / per_key[100], 1)))
assert per_key[1] > 2 * per_key[100], "the way is shared"

# %% jupyter={"source_hidden": true}
explain(
    "Ten to a trip brings most of it. Why does a hundred not bring ten times more?",
    answer="What a key costs by itself stays: packing the question, the look, parsing the answer. "
    "Only the way is shared, and with ten to a trip it is already a tenth.",
)

# %% [markdown]
# **Break it.** The parcel can be the problem as well. A server keeps bytes; your program wants
# objects, and somebody has to turn one into the other at each hit.

# %% tags=["live"]
import json

from cachelab.lab.ladder import measure

with start_server() as server, server.client(timeout=5) as client:
    parcel = json.dumps(list(range(100_000)))
    client.set("list", parcel)

    def raw(times):
        for _ in range(times):
            client.get("list")

    def decoded(times):
        for _ in range(times):
            json.loads(client.get("list"))

    bare, whole = measure(raw, samples=20).p50, measure(decoded, samples=20).p50
print(f"{len(parcel):,} bytes: {bare * 1e3:.1f} ms, as a list {whole * 1e3:.1f} (p50 of up to 20)")
assert whole > bare, "a hit is not over when the bytes are here"

# %% [markdown]
# ## Why cache at all, then?
#
# *"My query takes 50 ms, and it is the same every time. In the cache it takes 1 ms. But what if the
# data changes?"* Three thoughts, and the third is the price. Time is one gain of several:
#
# | gain | what decides | where |
# |---|---|---|
# | time | look, origin, hit ratio | above |
# | load on the origin | 1 / (1 - h), reads only | next cell |
# | money | both bills added up | next cell |
# | users stay | your own measurement | no number here |
# | answers during an outage | copies kept past their time | lessons 03, 04 |

# %%
from cachelab.operations.deciding import Price, Prices, load_factor, monthly_bill

assumed = "assumed for this example"
gigabyte, call, nothing = (Price(dollars, assumed) for dollars in (10.0, 5e-6, 0.0))
prices = Prices(memory=gigabyte, origin=call, egress=nothing)  # a GB and month, a read, a GB sent
for hit_ratio, gigabytes in ((0, 0), (0.5, 1), (0.9, 10), (0.99, 100)):
    bill = monthly_bill(prices, reads=10, hit_ratio=hit_ratio, gigabytes=gigabytes).total
    bears = load_factor(hit_ratio)
    print(f"{hit_ratio:4}: origin bears {bears:5.1f} times the reads; {bill:7.2f} dollars a month")

# %% [markdown]
# "Ten times the traffic" needs a hit ratio of 0.9, and counts reads only. "Infrastructure for half or
# a fifth of the price" has no source that we could find: at these prices, which are assumed, the
# largest cache has the highest hit ratio and the highest bill.
#
# And the third thought: a copy can be older than the truth. (A store answers MISSING where it has no
# copy, since None may be a value. `ManualClock` moves when it is told to.)

# %%
from cachelab.ports import MISSING, ManualClock, MemoryStore

clock, prices = ManualClock(), {"tea": 300}
cache = MemoryStore(clock)


def price(key):
    if (found := cache.get(key)) is MISSING:
        cache.set(key, found := prices[key], ttl=60)
    return found


for wait, true_price in ((0, 300), (10, 350), (40, 350), (20, 350)):
    clock.advance(wait)
    prices["tea"] = true_price
    print(f"second {clock.now():3.0f}: shown {price('tea')}, true {prices['tea']}")

# %% [markdown]
# For fifty seconds a price was shown that was no longer true. How much of that is to be had for how
# many hits?

# %%
from cachelab.operations.deciding import ttl_for

print("seconds to live   hit ratio   stale answers")
for seconds in (1, 10, 60, 300, 3_600):
    life = ttl_for(seconds, reads=0.5, writes=1 / 300)
    print(f"{seconds:15,}   {life.hit_ratio:9.3f}   {life.stale_share:13.3f}")

# %% [markdown]
# One read every two seconds, one change in five minutes. A minute gives a hit ratio of 0.968; after
# that nearly only the stale answers grow. Speed is bought with freshness, at a price per second that you
# can compute: lesson 06.

# %% [markdown]
# ## Errata hunt
#
# Each lesson ends with claims that are quoted a lot and do not hold as they stand, in our words. D1 and
# the like, *Interview 4*, *FAQ 3*, *Do 1* and *Don't 5* are only their numbers.

# %% [markdown]
# **D1.** A list that is quoted everywhere, with three remarks under it: *memory is 1,000 times faster
# than an SSD, an SSD 67 times faster than a disk, the network in a data centre 300 times slower than
# memory.* Elsewhere in the same text: *memory is 100 times faster than disk and 1,000 times faster than
# the network.* Divide before you read on.

# %%
from cachelab.lab.ladder import KNOWN_LIST, LATER, ratios

for rung in KNOWN_LIST:
    print(f"{rung.name:34} {rung.seconds * 1e9:13,.1f} ns  ({rung.year})")
then, later = ratios(KNOWN_LIST), ratios(LATER)
for pair, times in then.items():
    print(f"{pair:24} {times:10,.1f} times; by 2020 {later[pair]:9,.1f}")

# %% [markdown]
# By its own table: 1,500, 66.7 and 5,000. The 300 is ocean over data centre. The second sentence
# agrees with none of them, and has the network slower than a disk where the table has the opposite.
# Drawn as bars of 10 to 200 pixels, such numbers all look alike; on a log axis they do not.
#
# **D2.** *In Redis it takes 1 ms instead of 50: 50 times as fast.*

# %%
from cachelab.operations.deciding import access_time

for hit_ratio in (1.0, 0.99, 0.9, 0.5):
    time = access_time(hit_ratio, lookup=0.001, origin=0.050)
    print(f"hit ratio {hit_ratio:4}: {time.mean * 1e3:5.2f} ms, {time.speedup:5.2f} times as fast")

# %% [markdown]
# Fifty only if nothing ever misses. And the 50 ms are a property of the query, as you have measured:
# for a row by its key the same server was a slowdown.

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "Two servers serve half of the requests each. Their p99 are 10 ms and 90 ms. What is the p99 of all?",
    {
        "50 ms, the mean of the two.": "Averaged percentiles are percentiles of nothing. No request "
        "needs to have taken 50 ms.",
        "It cannot be told from these two numbers.": "Yes. You know that 1 % of each half, or less, is "
        "slower than its mark. Add the histograms, then read the percentile.",
        "90 ms, the slower one.": "It can be no higher, and is often lower: 99 % of the slow server "
        "and nearly all of the fast one are below it.",
    },
    right="It cannot be told from these two numbers.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "Mean 3 ms, median 1 ms, p99 40 ms. Which sentence is right?",
    {
        "Most requests take about 3 ms.": "Half of them take 1 ms or less. The mean lies where "
        "hardly any request is.",
        "One request in a hundred takes 40 ms or more.": "Yes, and a page that makes a hundred "
        "requests meets one of those more often than not.",
        "The p99 is an outlier and can be left out.": "Then one request in a hundred is left out, "
        "and it is somebody's.",
    },
    right="One request in a hundred takes 40 ms or more.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "Look 1 ms, fill 1 ms, origin 20 ms. What does a miss cost?",
    {
        "20 ms: the origin answers it.": "The look came first and found nothing; the fill comes "
        "after. This is how a cache is made to look better than it is.",
        "22 ms.": "Yes: look, origin, fill. A miss is always slower than no cache.",
        "21 ms minus what the next hit saves.": "The next hit is another request. It is counted "
        "there, in the average.",
    },
    right="22 ms.",
)

# %% [markdown]
# ## Recap
#
# - A hit ratio of 1.0 was slower than the database (first cell, on your machine).
# - Dict, row by key, cache server, web server: leaving the process is the step (*How long do things
#   take here?*).
# - One hang of a second: p99 1 ms for the test program, 550 ms for users (*Which number do you
#   report?*).
# - Look 75 us before 8 us breaks even nowhere; before 1 ms at 0.140 (*What does a miss cost?*).
# - The list of 2007 says 5,000 between network and memory, not 300 (*Errata hunt*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer.
#
# <details><summary>Interview 1: what is caching and why is it used?</summary>
#
# Copies of data in a place that is faster, nearer or cheaper to ask. For time, load, money, and
# answers while the origin is away; paid for with misses that are slower, memory, and answers that may
# be old. It pays above a break-even hit ratio: (look + fill) / (origin + fill), which I measure first.
# Evidence: the ladder, *What does a miss cost?*
#
# </details>

# %% [markdown]
# <details><summary>Interview 4: hit and miss, what does each cost?</summary>
#
# A hit costs the look; a miss costs the look, the origin and the fill, so it is slower than no cache.
# With 75 us before an origin of 1 ms a miss takes 1,150 us and nine hits in ten make reads 5.48 times
# as fast; before 100 us the same cache barely breaks even. **Don't 5**: do not assume that a cache is
# faster. The first cell is the proof.
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 01](../exercises/ex01_measuring/ex01_measuring.ipynb): `percentile`, `bench` with a clock, `amat`
# and `break_even_hit_ratio`, 40 points. Next: [Should we cache: what about the workload decides
# it?](02_should_we_cache.ipynb)
#
# Words: [average access time](glossary.md#average-access-time), [break-even hit
# ratio](glossary.md#break-even-hit-ratio), [coordinated omission](glossary.md#coordinated-omission),
# [origin](glossary.md#origin), [percentile](glossary.md#percentile).
