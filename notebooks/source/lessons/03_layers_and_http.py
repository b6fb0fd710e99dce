# %% [markdown]
# # Where should the copy live?
#
# 70 minutes. Before: [02_should_we_cache](02_should_we_cache.ipynb). Lanes: SIM (exact, the same on
# every machine) and LIVE (HTTP over loopback, SQLite and files on yours).

# %% [markdown]
# You will be able to
#
# - **place** a copy: browser, CDN, process, shared cache, buffer pool;
# - **explain** why each layer sees requests that are harder to hit than those of the layer before;
# - **write** a Cache-Control that keeps what may be kept, for whom, for how long;
# - **show** how user B gets user A's page, and which word prevents it.

# %%
from cachelab.lab import layer_hit_ratios, sample_trace

requests = sample_trace("shop")
(alone,) = layer_hit_ratios(requests, ["lru"], [1_000])
near, behind = layer_hit_ratios(requests, ["lru", "lru"], [300, 1_000])
print(f"1,000 pages alone: hit ratio {alone.hit_ratio:.3f}")
print(f"300 pages before them: {near.hit_ratio:.3f}, and behind it {behind.hit_ratio:.3f}")
for name, last in (("alone", alone), ("both", behind)):
    print(f"{name:5} leave {last.requests - last.hits:,} requests for the origin")

# %% [markdown]
# The same cache of 1,000 pages, the same users, and its hit ratio fell from 0.808 to 0.439, because
# somebody put a smaller cache in front of it. An alarm on "hit ratio below 80 %" would ring all night.
# Nothing is wrong: the origin gets as many requests as before.
#
# So what was the first layer good for, and what do you look at instead? One thing after the other.

# %% [markdown]
# ## Which layers does a request meet?
#
# | layer | copies for | how long is said by | typical reach |
# |---|---|---|---|
# | browser | one user | HTTP fields | this device |
# | CDN | everybody near it | HTTP fields, its own rules | a region |
# | local, in the process | its requests | your code | nanoseconds away |
# | shared (Redis and the like) | all processes | your code | one round trip |
# | database's buffer pool | all queries | nobody: it is never stale | memory against disk |

# %% [markdown]
# Each miss goes on to the next. (A CDN, content delivery network, is a row of caches near the users, its
# *edges*, that many sites rent.) `FiveLayers` is all of them with a clock of its own: the HTTP caches,
# the two tiers and the pool are the package's real code, only time is made.
#
# **Predict.** A page says `max-age=60`. Ada opens it, opens it again, then Bob opens it for the first
# time. His browser is empty.

# %%
from cachelab.lab import explain, predict

answerer = predict("Who answers Bob?", options=("Ada's browser", "CDN", "shared", "database"))
answerer

# %%
from cachelab.operations.tiers import FiveLayers

site = FiveLayers()
site.publish("/news", "old", {"Cache-Control": "max-age=60"})
journeys = [site.visit(user, "/news") for user in ("Ada", "Ada", "Bob")]
for journey in journeys:
    print(f"{journey.user}: {journey.seconds * 1e3:.2f} ms, by the {journey.answered_by}")
    print(journey, end="\n\n")
answerer.compare(journey.answered_by)

# %%
from cachelab.lab import figure, show

chart, axes = figure(size=(6.5, 2.2))
steps = journeys[0].steps
bars = axes.barh([step.layer for step in steps], [step.seconds * 1e3 for step in steps], height=0.5)
axes.bar_label(bars, [f"{step.seconds * 1e3:.2f}" for step in steps], padding=4, fontsize=9)
axes.set(xscale="log", xlim=(0.1, 1_000), xlabel="milliseconds to ask and be answered (log scale)")
axes.invert_yaxis()
show(
    chart,
    alt="Ada's first visit, hop by hop: browser 1 ms, CDN 20 ms, the application's process "
    "150 ms, shared cache 0.5 ms, database 0.65 ms.",
    caption="One hop of five is nearly all of the way.",
)

# %% jupyter={"source_hidden": true}
explain(
    "Why is the way to the application the dearest step, although it holds nothing?",
    answer="It crosses an ocean: 150 ms, of the well-known list. A copy is worth what it saves, and "
    "the CDN saves the ocean; the shared tier saves a query of 0.65 ms. Near the "
    "user counts for latency, near the origin for load.",
)

# %% [markdown]
# **Break it.** The editor corrects the page, and nobody tells the caches. Cleo comes 40 seconds later
# and gets her first copy from the CDN. How long until each of them sees the correction?

# %%
site.publish("/news", "new", {"Cache-Control": "max-age=60"})
for second in range(0, 110, 20):
    users = ("Ada", "Bob", "Cleo") if second >= 40 else ("Ada", "Bob")
    seen = {user: site.visit(user, "/news").response.body.decode() for user in users}
    print(f"{second:3} s: {seen}")
    site.wait(20)

# %% [markdown]
# Ages travel: the CDN sends an `Age` field, and Cleo's browser counts it. So two HTTP layers do not
# add up, and 60 seconds are 60 seconds. Layers without such a field do. `longest_staleness` is the sum for a
# process before a shared cache: the copy taken in the last moment lives on.

# %%
from cachelab.operations.tiers import longest_staleness

for inherit in (False, True):
    oldest = longest_staleness(30, 300, inherit=inherit).nobody_told
    print(f"30 s before 300 s, ends with its source {inherit!s:5}: up to {oldest} s old")

# %% [markdown]
# ## Why does the next layer hit less?
#
# **Predict.** On the shop trace a layer of 150 pages stands before one of 1,000, which hits 0.536 of
# what reaches it. The first layer is doubled, to 300.

# %%
from cachelab.lab import explain, predict

second = predict("The second layer's hit ratio now?", unit="hit ratio", low=0, high=1)
second

# %%
from cachelab.lab import filtering_chart, filtering_effect, sample_trace, show

requests = sample_trace("shop")
points = filtering_effect(requests, [10, 30, 75, 150, 300, 600, 1_000], second_capacity=1_000)
show(
    filtering_chart(points),
    alt="As the first layer grows from 10 to 1,000 pages its hit ratio rises from 0.06 to 0.81; "
    "the second layer's falls from 0.80 to 0.13; what is left for the origin stays near 0.19.",
    caption="One rises, one falls, and the origin hardly notices.",
)
print("pages in the first layer: its hit ratio, the second's, the share left for the origin")
for point in points:
    print(f"{point.first_capacity:5}: {point.first:.3f} {point.second:.3f} {point.origin:.3f}")
second.compare(round(next(p.second for p in points if p.first_capacity == 300), 3))

# %% jupyter={"source_hidden": true}
explain(
    "Why does the origin hardly notice how large the first layer is?",
    answer="What the small layer holds is what came last, and the large one holds that too: it is "
    "the same 300 pages twice. The first layer answers sooner, and answers hardly anything that would "
    "have gone to the origin. It buys latency; the larger of the two decides the load.",
)

# %% [markdown]
# The stream behind a cache has lost its easy repetitions. So a hit ratio means something only
# together with what stands in front, and the figure to alarm on is the last column: what is left for
# the origin. It is the product of the miss ratios, each measured where it stands.
#
# **Break it.** Six edges of a CDN, each with its own 300 pages, and users who come to any of them.
# Then one more cache behind all six: a **shield**.

# %%
from cachelab.lab import layer_hit_ratios

for edges, shield in ((1, 0), (6, 0), (6, 300), (6, 1_000)):
    sizes, counts = ([300, shield], [edges, 1]) if shield else ([300], [edges])
    layers = layer_hit_ratios(requests, ["lru"] * len(sizes), sizes, caches=counts)
    ratios = ", ".join(f"{layer.hit_ratio:.3f}" for layer in layers)
    left = layers[-1].requests - layers[-1].hits
    print(f"{edges} of 300, shield {shield:5,}: hit ratios {ratios}; {left:6,} to the origin")

# %% [markdown]
# Six times the memory, and more requests for the origin: each edge fetches the popular pages for
# itself. The shield fetches them once for all. The same holds for six processes with a local cache
# each, before one Redis.
#
# Many copies have a second price: a change must reach all of them. A **channel** carries the news.

# %%
from cachelab.eviction import LRU
from cachelab.invalidation import MemoryChannel
from cachelab.operations.tiers import LocalStore, Tiered
from cachelab.ports import MemoryStore

for channel in (None, MemoryChannel()):
    far = MemoryStore()
    one, two = (Tiered(LocalStore(LRU(300)), far, channel=channel) for _ in range(2))
    one.set("price:7", 995)
    two.get("price:7")  # now a copy lies in the second process
    one.set("price:7", 1_095)
    print(f"{'with' if channel else 'without'} a channel, two sees {two.get('price:7')}")

# %% [markdown]
# ## Who may keep this answer?
#
# Half of HTTP's rules hang on one question: does this cache serve one user, or many? A browser is
# **private**; a CDN, a proxy, a gateway are **shared**.
#
# **Predict.** A page is personal: the server knows its reader by a cookie. It is sent with
# `public, max-age=60`. Ada reads hers, then Ben asks for his, through the same CDN.

# %%
from cachelab.lab import explain, predict

reader = predict("Whose page does Ben get?", options=("Ben's", "Ada's", "an error"))
reader

# %%
from cachelab.lab import RequestJourney

RequestJourney()

# %% jupyter={"source_hidden": true}
reader.compare("Ada's")

# %% jupyter={"source_hidden": true}
explain(
    "Nothing is broken in this CDN. Who made the mistake, and which two ways are there to mend it?",
    answer="The origin did: public says that the answer is for everybody. Say private, and only "
    "browsers keep it. Or say Vary: Cookie, and the CDN keeps one copy a cookie, which is correct "
    "and nearly useless. Encrypting the cache would have changed nothing.",
)

# %% [markdown]
# Turn the switches of the view: with `private` the CDN lets the page pass and keeps nothing. Here are
# its reasons, for more fields. The request carries a cookie.

# %%
from cachelab.operations.http import Request, Response, may_store

asked = Request("GET", "/account", {"Cookie": "user=ada"})
for control in ("max-age=60", "public, max-age=60", "private", "no-cache", "no-store"):
    response = Response(200, {"Cache-Control": control})
    for layer in ("browser", "cdn"):
        verdict = may_store(layer, response, asked)
        print(f"{control:19} {layer:8}{'yes' if verdict else 'no':4}{verdict.why}")

# %% [markdown]
# The second line's "no" is stricter than the standard: RFC 9111 protects answers to `Authorization`,
# and does not know that a cookie can mean the same. Varnish's built-in rules refuse on either field;
# nginx refuses an answer that sets a cookie, and not one to a request that brings one. So write
# `private` on what is personal, and do not count on luck.
#
# **Break it.** A cache of yours: it takes every layer for a browser. Look at `private` now.


# %%
from cachelab.operations.http import HTTPCache


class Careless(HTTPCache):
    def __init__(self, origin, _layer, **options):
        super().__init__(origin, "browser", **options)


RequestJourney(Careless)

# %% [markdown]
# The other way to mix answers up is the key. A cache that forgets `Vary` sends German pages to English
# readers:

# %%
from cachelab.operations.http import cache_key

german = Request("GET", "/news", {"Accept-Language": "de"})
english = Request("GET", "/news", {"Accept-Language": "en"})
for vary in ("", "Accept-Language", "*"):
    keys = {cache_key(request, vary) for request in (german, english)}
    print(f"Vary: {vary or 'nothing'}", *sorted(map(str, keys)), sep="\n  ")

# %% [markdown]
# `Vary: *` has no key at all: no other request can ever match, so nothing is kept.

# %% [markdown]
# ## Does no-cache mean no copy?
#
# **Predict.** A page of 12,000 bytes says `no-cache` and has an `ETag`, a text that names its version. A proxy with a cache asks a
# real server for it over HTTP, three times.

# %%
from cachelab.lab import explain, predict

sent = predict(
    "How many bytes of the page does the origin send in all?",
    options=("0", "12000", "24000", "36000"),
)
sent


# %%
from cachelab.operations.http import Response


class Origin:
    def __init__(self, tag='"v1"'):
        self.tag, self.sent = tag, []

    def __call__(self, request):
        fields = {"Cache-Control": "no-cache"} | ({"ETag": self.tag} if self.tag else {})
        known = self.tag and request.headers.get("if-none-match") == self.tag
        answer = Response(304, fields) if known else Response(200, fields, b"x" * 12_000)
        self.sent.append((answer.status, len(answer.body)))
        return answer


# %% tags=["live"]
from urllib.request import urlopen

from cachelab.operations.http import Fetch, HTTPCache, serve


def bytes_sent(origin):
    with serve(origin) as server, serve(HTTPCache(Fetch(server.url), name="edge")) as edge:
        for _ in range(3):
            with urlopen(edge.url + "/page") as answer:
                print(answer.status, len(answer.read()), answer.headers["Cache-Status"])
    return sum(size for _, size in origin.sent)


origin = Origin()
print(origin.sent, sent.compare(str(bytes_sent(origin))))
assert origin.sent == [(200, 12_000), (304, 0), (304, 0)], "kept, and confirmed each time"

# %% jupyter={"source_hidden": true}
explain(
    "What does no-cache mean, then, and which word means what it seems to say?",
    answer="Keep it, and never use it without asking: the origin answers 304, not modified, and the "
    "body stays where it is. It costs the way and saves the parcel. The word for keeping nothing is "
    "no-store.",
)

# %% [markdown]
# The third column is the proxy's own account (RFC 9211): `fwd` says why it asked the origin, `fwd-status`
# what it heard, `ttl` for how many seconds more the copy is fresh, below 0 for a stale one.
#
# **Break it.** Take the validator away: without an `ETag` there is nothing to ask with.

# %% tags=["live"]
bare = Origin(tag=None)
total = bytes_sent(bare)
print(bare.sent)
assert total == 3 * 12_000, "no validator, no 304"

# %% [markdown]
# For how long is a copy good without asking? For a CDN and a browser the same answer can say two
# different things; and where it says nothing, a cache may guess.

# %%
from cachelab.operations.http import format_date, freshness

now = 1_800_000_000
sent_at = {"Date": format_date(now - 30)}
for fields in (
    {"Cache-Control": "max-age=60, s-maxage=600"},
    {"Cache-Control": "max-age=60", "Age": "50"},
    {"Expires": "0"},
    {"Last-Modified": format_date(now - 30 - 36_000)},
):
    for layer in ("browser", "cdn"):
        found = freshness(sent_at | fields, now, layer=layer)
        print(f"{layer:8}{found.source:10} {found.left:7,.0f} s left  {next(iter(fields.items()))}")

# %% [markdown]
# The last one is a guess: a tenth of the ten hours since the page was changed. A site that says
# nothing is cached all the same. Say what you mean.
#
# **stale-while-revalidate** answers at once with a stale copy, and asks behind the reader's back:

# %%
from cachelab.operations.tiers import FiveLayers

for control in ("max-age=60", "max-age=60, stale-while-revalidate=30"):
    site = FiveLayers()
    site.publish("/news", "text", {"Cache-Control": control})
    site.visit("Ada", "/news")
    site.wait(70)
    late = site.visit("Ada", "/news")
    waited = sum(step.seconds for step in late.afterwards)
    print(f"{control}: Ada waits {late.seconds * 1e3:.1f} ms, nobody {waited * 1e3:.1f} ms")

# %% [markdown]
# The same work, in another's time. The price: for those 30 seconds more an answer can be old.
# `stale-if-error` is its sister, for a cache that is to answer when the origin is down:

# %%
from cachelab.operations.http import OriginUnreachable, Request
from cachelab.ports import ManualClock, MemoryStore

for control in ("max-age=60", "max-age=60, stale-if-error=3600"):
    clock = ManualClock(now)

    def origin(_request, clock=clock, control=control):
        if clock.now() > now + 60:
            raise OriginUnreachable("the origin is down")
        return Response(200, {"Cache-Control": control, "Date": format_date(now)}, b"text")

    cache = HTTPCache(origin, name="edge", clock=clock, store=MemoryStore(clock))
    cache(Request("GET", "/"))
    clock.advance(600)
    try:
        print(control, "->", cache(Request("GET", "/")).headers["cache-status"])
    except OriginUnreachable as error:
        print(control, "->", error)

# %% [markdown]
# ## What is under the database?
#
# A database caches as well: pages of its files, in its own memory. Under it the operating system keeps
# file pages in whatever memory is left.
#
# **Predict.** SQLite goes through a table of 2,000 pages from end to end, again and again; its file is in the
# system's cache all the time. SQLite's own cache has 10 pages, or 4,000.

# %%
from cachelab.lab import explain, predict

slower = predict("With 10 pages, how many times as slow?", unit="times", low=0)
slower

# %% tags=["live"]
import sqlite3
from tempfile import TemporaryDirectory
from timeit import repeat

query, took = "SELECT count(*) FROM pages", {}
with TemporaryDirectory() as folder:
    with sqlite3.connect(f"{folder}/pages.db") as db:
        db.execute("CREATE TABLE pages (body BLOB)")
        db.executemany("INSERT INTO pages VALUES (?)", [(bytes(1_000),)] * 8_000)
    for pages in (10, 4_000):
        db.execute(f"PRAGMA cache_size = {pages}")
        took[pages] = min(repeat(lambda: db.execute(query).fetchone(), number=3, repeat=9)) / 3
        print(f"{pages:5,} pages: {took[pages] * 1e3:.2f} ms, best of 9 rounds of 3")
    db.close()
print(slower.compare(round(took[10] / took[4_000], 1)))
assert took[10] > 2 * took[4_000], "a copy in the process beats one in the kernel"

# %% jupyter={"source_hidden": true}
explain(
    "No disk was touched in either case. What is the difference made of?",
    answer="With 10 pages each of the 2,000 is asked for by a system call, which copies it out of "
    "the kernel's cache: the loop of lesson 02, too long for LRU. It is the same step as from dict "
    "to server in lesson 01, only smaller.",
)

# %% [markdown]
# **Break it.** Go one layer further down: read a file from the system's cache, and past it.

# %% tags=["live"]
from cachelab.lab import latency_ladder

ladder = latency_ladder(["file", "device"], samples=100, at_most=0.5)
for rung in ladder.measured:
    print(f"{rung.name:26} p50 {rung.seconds * 1e6:7.1f} us, n {rung.samples}; {rung.note}")
print(ladder.left_out or "nothing was left out")
times = [rung.seconds for rung in ladder.measured]
assert times == sorted(times), "the device is not faster than memory"

# %% [markdown]
# If your database's data fits in memory, "reading from disk" is a figure of speech, and a cache before
# it saves queries, not disk reads. The package's model of a pool is short: it decides which pages are
# in memory, and the rows always come from the source, so it cannot be stale.

# %%
from cachelab.lab import listing
from cachelab.operations.tiers import BufferPool

listing(BufferPool.read)

# %% [markdown]
# ## Errata hunt
#
# **D24.** A widely drawn picture, in our words: *L1 browser, with localStorage, hit rate 70 to 90 %; L2
# CDN, 80 to 95 %; L3 application; L4 database cache: query cache (MySQL), buffer pool, connection pool.*
# Find five things that are wrong or say nothing.

# %%
from cachelab.lab import explain
from cachelab.operations.deciding import left_over

for browser, cdn in ((0.7, 0.8), (0.8, 0.9), (0.9, 0.95)):
    print(f"browser {browser}, CDN {cdn}: {left_over([browser, cdn]):.3f} left for the application")

# %% jupyter={"source_hidden": true}
explain(
    "Name them.",
    answer="MySQL's query cache was removed in 8.0: one lock in everybody's way. A connection pool "
    "keeps connections, and no miss passes through it. localStorage has no time to live and is no "
    "HTTP cache; script fills it and script must empty it. The ratios have no source, and cannot be "
    "multiplied unless the second was measured behind the first. L1 and L2 are a processor's caches: "
    "use names.",
)

# %% [markdown]
# **C-39.** *A time to live needs no coordination.* Two caches with a time to live each have one after
# the other, as you have seen: 330 seconds for a promise of 300, unless a copy ends with its source.
#
# **C-67.** *Sensitive data may be cached if it is properly encrypted.* The CDN that gave Ben Ada's page
# could have kept it encrypted: it would have decrypted it for him.

# %% [markdown]
# ## Quiz

# %% jupyter={"source_hidden": true}
from cachelab.lab import quiz

quiz(
    "A bank statement must never be written to a disk that others can read. Which field?",
    {
        "Cache-Control: no-cache": "It may be kept, and is asked about before each use. It lies on "
        "the disk meanwhile.",
        "Cache-Control: no-store": "Yes: keep no copy, in no layer.",
        "Cache-Control: private": "The browser may keep it, on its disk, for as long as it likes.",
    },
    right="Cache-Control: no-store",
)

# %% jupyter={"source_hidden": true}
quiz(
    "`private, s-maxage=600, max-age=60`: who keeps it, and for how long?",
    {
        "The CDN for 600 s, the browser for 60 s.": "private shuts shared caches out before any "
        "time is looked at. s-maxage is for a reader that is not there.",
        "The browser for 60 s, the CDN not at all.": "Yes. s-maxage has no effect here.",
        "The browser for 600 s.": "s-maxage is for shared caches only.",
    },
    right="The browser for 60 s, the CDN not at all.",
)

# %% jupyter={"source_hidden": true}
quiz(
    "Pages differ by language and are the same for all users otherwise. Which Vary?",
    {
        "Vary: Cookie, since the language may be stored there.": "Then each user has a copy of "
        "their own, and the CDN hits nearly nothing.",
        "None: the URL is the key.": "Then the first reader's language is everybody's for a while.",
        "Vary: Accept-Language, or better: a URL for each language.": "Yes. Browsers send many "
        "different lists, each a copy of its own; a URL is a key that you control.",
    },
    right="Vary: Accept-Language, or better: a URL for each language.",
)

# %% [markdown]
# ## Recap
#
# - The same cache hits 0.808 alone and 0.439 behind another; the origin gets 0.192 of the requests
#   either way (first cell, *Why does the next layer hit less?*).
# - HTTP ages are carried along, others add up: 330 s instead of 300 (*Which layers?*).
# - `public` on a personal page gives Ben Ada's page; `private` does not (*Who may keep this answer?*).
# - `no-cache` keeps and asks: 12,000 bytes instead of 36,000 (*Does no-cache mean no copy?*).
# - A page in the process beats one in the kernel (*What is under the database?*).

# %% [markdown]
# ## Interview minutes
#
# Answer aloud, two minutes each, then open the model answer.
#
# <details><summary>Interview 13, first pass: design a CDN caching strategy</summary>
#
# Sort answers by who may see them. Files named by content: `public, max-age=31536000, immutable`. Pages
# for all: `s-maxage` by staleness, `stale-while-revalidate`, `stale-if-error`. Personal: `private` or
# `no-store`. A short Vary, a shield behind the edges (fewer misses: *Why does the next layer hit
# less?*), purge by event, and an alarm on what is left for the origin.
#
# </details>

# %% [markdown]
# <details><summary>Your Redis hit ratio fell from 81 % to 44 % after a deploy. What happened?</summary>
#
# Perhaps something good. I look at the origin's load first: if it did not rise, somebody added a cache
# in front, and the easy hits are taken there. In the shop trace 0.808 becomes 0.439 with the same 24,000
# requests for the origin. If the load rose, I look for a changed key, a shorter life, or a Vary.
#
# </details>

# %% [markdown]
# ## Now you
#
# [Exercise 03](../exercises/ex03_http/ex03_http.ipynb): `freshness`, `cache_key`, `may_store` and a
# `LayeredCache`, 40 points. The judge's first user is called A, the second B. Next: [Who loads, and what
# happens when the cache is down?](04_cache_aside_and_read_through.ipynb)
#
# Words: [byte hit ratio](glossary.md#byte-hit-ratio), [freshness](glossary.md#freshness),
# [stale-while-revalidate](glossary.md#stale-while-revalidate), [validation](glossary.md#validation).
