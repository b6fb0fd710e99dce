# %% [markdown]
# # Exercise 03: Whose copy is this, and for how long?
#
# 60 to 90 minutes, 40 points. Before: lesson 03. Write your code in the solution cell; the cell below
# it asks the judge. You may ask as often as you like.

# %% [markdown]
# ## The contract of `freshness(headers, now)`
#
# Returns two numbers of seconds: for how long a browser may use the response without asking, from now on
# (lifetime minus age: 0 or less if it is stale), and for how long after that it may serve it stale while
# it asks, whatever part of that has passed. `headers`
# is a dictionary of texts, `now` the seconds since 1970.

# %% [markdown]
# | question | answer |
# |---|---|
# | lifetime | `max-age`; else Expires minus Date, at least 0; else 0. `s-maxage` is not for browsers, and nothing is guessed |
# | age | the larger of Age and now minus Date, at least 0; an absent Date is now |
# | stale | `stale-while-revalidate`; 0 with `must-revalidate` |
# | `no-cache` | as a lifetime of 0, and never stale |
# | nonsense | a number is digits only, anything else (`x`, `-5`, `1.5`) is 0; an Expires that is no date has passed; of two directives the first counts |
#
# Sources: RFC 9111, sections 4.2 and 5.2.2; RFC 5861, section 3.

# %% [markdown]
# ## The contract of `cache_key(request, vary)`
#
# A text, the same for two requests if and only if they have the same URL and agree in every field that
# `vary`, a Vary field, names; an absent field differs from an empty one. HEAD has the key of GET. Names
# of fields ignore case, their order means nothing. MISSING if `vary` has `*` in it. `request` is a
# dictionary with `method`, `url` and `headers`. RFC 9111, section 4.1.

# %% [markdown]
# ## The contract of `may_store(layer, response)`
#
# | | browser | cdn |
# |---|---|---|
# | `no-store`, `Vary: *`, status 206 | no | no |
# | `private` | yes | no |
# | Set-Cookie without `public`, `s-maxage` or `must-revalidate` | no rule | no |
# | then: `max-age`, Expires, `public`, `no-cache` | yes | yes |
# | then: `s-maxage` | no rule | yes |
# | else: status 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501 | yes | yes |
# | else | no | no |
#
# The first rule that applies decides: True for yes, False for no. `response` is a dictionary with
# `status` and `headers`. RFC 9111, section 3; the rule about Set-Cookie is stricter than the standard.

# %% [markdown]
# ## The contract of `LayeredCache(browser, cdn, origin)`
#
# | call | what it promises |
# |---|---|
# | `get(key)` | the body from the nearest layer that has it; what is found fills the layers before it |
#
# `browser` and `cdn` are stores: `get(key)` gives the body or MISSING, which has no truth value (ask
# `is MISSING`); `set(key, body, ttl=...)` keeps it; `ttl(key)` gives the seconds that an entry has left. `origin(key)` gives `(body, seconds, scope)`: public bodies are kept in both
# layers, private ones in the browser, no-store in neither, for that many seconds after the origin gave
# them, wherever they are; 0 seconds: not at all.

# %% [markdown]
# ## One check, by hand
#
# ```
# cache.get("a")                 the origin: ("page", 60, "public"); both layers keep it
#                                30 seconds pass
#                                another user comes, with an empty browser
# cache.get("a")     -> "page"   from the CDN; the browser may keep it for 30 seconds
#                                30 seconds pass
# cache.get("a")                 neither has it any more: the origin is asked
# ```

# %% [markdown]
# ## Your code
#
# All four go into this one cell: the judge runs this cell and nothing else, with Python's standard
# library and the words of `cachelab.ports`. `lowered` and `directives` are a start, and yours to change.

# %% solution="layers-and-http"
import json
import re
from email.utils import parsedate_to_datetime

from cachelab.ports import MISSING

KEPT_UNASKED = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501}


def lowered(headers):
    """
    The fields with their names in lower case.
    """
    return {name.lower(): value for name, value in headers.items()}


def directives(headers):
    """
    The directives of Cache-Control with their arguments, "" where there is none.
    """
    ### BEGIN SOLUTION
    found = {}
    for part in lowered(headers).get("cache-control", "").split(","):
        name, _, argument = part.strip().partition("=")
        found.setdefault(name.strip().lower(), argument.strip().strip('"'))
    return found
    ### END SOLUTION


def freshness(headers, now):
    """
    For how long a response is fresh from now on, and for how long it may be served stale then.
    """
    ### BEGIN SOLUTION
    fields, control = lowered(headers), directives(headers)
    made = seconds_of_date(fields.get("date"), now)
    age = max(0, now - made, number(fields.get("age", "")))
    if "no-cache" in control:
        return -age, 0
    lifetime = 0
    if "max-age" in control:
        lifetime = number(control["max-age"])
    elif "expires" in fields:
        lifetime = max(0, seconds_of_date(fields["expires"], made) - made)
    stale = 0 if "must-revalidate" in control else number(control.get("stale-while-revalidate", ""))
    return lifetime - age, stale


def number(text):
    return int(text) if re.fullmatch("[0-9]+", text) else 0


def seconds_of_date(text, otherwise):
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return otherwise
    ### END SOLUTION


def cache_key(request, vary):
    """
    What two requests have in common that may share a response.
    """
    ### BEGIN SOLUTION
    names = sorted({name.strip().lower() for name in vary.split(",") if name.strip()})
    if "*" in names:
        return MISSING
    fields = lowered(request["headers"])
    method = "GET" if request["method"] == "HEAD" else request["method"]
    return json.dumps([method, request["url"], [[name, fields.get(name)] for name in names]])
    ### END SOLUTION


def may_store(layer, response):
    """
    Whether a browser or a cdn may keep a response.
    """
    ### BEGIN SOLUTION
    fields, control = lowered(response["headers"]), directives(response["headers"])
    if "no-store" in control or "*" in fields.get("vary", "") or response["status"] == 206:
        return False
    if layer == "browser" and "private" in control:
        return True
    if layer == "cdn":
        if "private" in control:
            return False
        is_for_all = {"public", "s-maxage", "must-revalidate"} & set(control)
        if "set-cookie" in fields and not is_for_all:
            return False
        if "s-maxage" in control:
            return True
    if {"max-age", "public", "no-cache"} & set(control) or "expires" in fields:
        return True
    return response["status"] in KEPT_UNASKED
    ### END SOLUTION


class LayeredCache:
    """
    A browser's cache before a CDN before an origin.
    """

    def __init__(self, browser, cdn, origin):
        self.browser, self.cdn, self.origin = browser, cdn, origin

    def get(self, key):
        ### BEGIN SOLUTION
        body = self.browser.get(key)
        if body is not MISSING:
            return body
        body = self.cdn.get(key)
        if body is not MISSING:
            self.browser.set(key, body, ttl=self.cdn.ttl(key))
            return body
        body, seconds, scope = self.origin(key)
        if seconds > 0 and scope != "no-store":
            self.browser.set(key, body, ttl=seconds)
            if scope == "public":
                self.cdn.set(key, body, ttl=seconds)
        return body
        ### END SOLUTION


# %% [markdown]
# ## Ask the judge

# %%
from cachelab.grading import check

# %% graded="layers-and-http-check" points=40
check("ex03", freshness, cache_key, may_store, LayeredCache)

# %% [markdown]
# ## Use it
#
# What the package's own functions make of the same response, beside yours. Before you run the cell: which
# of these five may a CDN keep? Then add the header that lets it keep one more.

# %%
from cachelab.operations.http import Response
from cachelab.operations.http import may_store as may_store_here

try:
    for headers in (
        {"Cache-Control": "max-age=60"},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": "no-cache"},
        {"Cache-Control": "max-age=60", "Set-Cookie": "session=7"},
        {"Vary": "*"},
    ):
        mine = may_store("cdn", {"status": 200, "headers": headers})
        print(mine, bool(may_store_here("cdn", Response(200, headers))), headers)
except NotImplementedError:
    print("write your part first")

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# With `directives`: split Cache-Control at its commas, each part at the first `=`, lower the name, take
# quotes off the argument. Three of the four need it.
#
# </details>
#
# <details><summary>Hint 2: my key is wrong for odd values</summary>
#
# Do not join texts with a separator: a value may contain it. `json.dumps` of a list keeps its parts
# apart, and writes null for a field that is absent.
#
# </details>

# %% [markdown]
# <details><summary>Hint 3: the age</summary>
#
# A response that comes from a cache is not new. The CDN's Age says how long it was there, the Date when
# it was made; believe the older. In LayeredCache the same rule is `ttl=cdn.ttl(key)`.
#
# </details>

# %% [markdown]
# ## Afterwards
#
# The second-best design of a key is a hash of the URL and the fields. It is shorter to store. It lost
# because nobody can read it in a log, and because what is hashed has to be joined first, which is where
# the mistakes are.

# %% [markdown]
# Reflection: a shop sets `Vary: Cookie` on every page. How many copies does the CDN keep of each page,
# and what would you send instead?
