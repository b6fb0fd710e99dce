"""A tuple with names for the freshness, a hash for the key, layers that ask each other."""

from __future__ import annotations
import re
from dataclasses import dataclass
from email.utils import parsedate_tz, mktime_tz
from functools import partial
from hashlib import sha256
from typing import NamedTuple
from cachelab.ports import MISSING


class Freshness(NamedTuple):
    fresh: float
    stale: float


@dataclass(frozen=True)
class Headers:
    fields: dict

    @classmethod
    def of(cls, raw):
        return cls({k.casefold(): v for k, v in raw.items()})

    def __getitem__(self, name):
        return self.fields.get(name)

    def __contains__(self, name):
        return name in self.fields

    @property
    def control(self):
        found = {}
        for m in re.finditer(
            r'\s*([^=,\s]+)\s*(?:=\s*("[^"]*"|[^,]*))?(?:,|$)', self["cache-control"] or ""
        ):
            found.setdefault(m[1].lower(), (m[2] or "").strip().strip('"'))
        return found


def seconds(text):
    return int(text) if text and re.fullmatch("[0-9]+", text) else 0


def moment(text):
    parsed = parsedate_tz(text)
    return None if parsed is None else mktime_tz(parsed)


def freshness(headers, now):
    h = Headers.of(headers)
    c = h.control
    date = moment(h["date"]) if "date" in h else now
    if date is None:
        date = now
    if "no-cache" in c:
        life = 0
    elif "max-age" in c:
        life = seconds(c["max-age"])
    elif "expires" in h:
        end = moment(h["expires"])
        life = 0 if end is None else max(0, end - date)
    else:
        life = 0
    age = max(seconds(h["age"]), now - date, 0)
    stale = (
        0
        if c.keys() & {"no-cache", "must-revalidate"}
        else seconds(c.get("stale-while-revalidate"))
    )
    return Freshness(life - age, stale)


def cache_key(request, vary):
    names = {n.strip().lower() for n in vary.split(",")} - {""}
    if "*" in names:
        return MISSING
    h = Headers.of(request["headers"])
    return sha256(repr((request["url"], sorted((n, h[n]) for n in names))).encode()).hexdigest()


def may_store(layer, response):
    h = Headers.of(response["headers"])
    c = h.control
    status = response["status"]
    shared = layer == "cdn"
    if "no-store" in c or status == 206 or "*" in (h["vary"] or ""):
        return False
    if "private" in c:
        return not shared
    if (
        shared
        and "set-cookie" in h
        and c.keys().isdisjoint({"public", "s-maxage", "must-revalidate"})
    ):
        return False
    if c.keys() & {"max-age", "public", "no-cache"} or "expires" in h:
        return True
    if shared and "s-maxage" in c:
        return True
    return status in {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501}


class LayeredCache:
    def __init__(self, *layers):
        self._outer, self._rest = layers[0], layers[1:]
        self.layers = layers[:-1]
        self.origin = layers[-1]

    def get(self, key):
        return self._find(key, 0)[0]

    def _find(self, key, i):
        if i == len(self.layers):
            body, seconds, scope = self.origin(key)
            return body, seconds, {"public": 2, "private": 1, "no-store": 0}[scope]
        layer = self.layers[i]
        if (body := layer.get(key)) is not MISSING:
            return body, layer.ttl(key), 2
        body, left, reach = self._find(key, i + 1)
        if i < reach and left > 0:
            layer.set(key, body, ttl=left)
        return body, left, reach
