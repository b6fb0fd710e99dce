import re
import urllib.parse
from email.utils import parsedate_to_datetime

from cachelab.ports import MISSING

DIRECTIVE = re.compile(r'\s*([\w-]+)\s*(?:=\s*("[^"]*"|[^,\s]*))?\s*(?:,|$)')
UNASKED = frozenset((200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501))


def parsed(headers):
    fields = {name.casefold(): value for name, value in headers.items()}
    control = {}
    for name, value in reversed(DIRECTIVE.findall(fields.get("cache-control", ""))):
        control[name.casefold()] = value.strip('"')
    return fields, control


def seconds(text, otherwise=0):
    return int(text) if re.fullmatch(r"\d+", text or "") else otherwise


def date(text):
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None


def freshness(headers, now):
    fields, control = parsed(headers)
    made = date(fields.get("date"))
    made = now if made is None else made
    age = max(now - made, seconds(fields.get("age")))
    ends = date(fields.get("expires"))
    if "no-cache" in control:
        return (0 - age, 0)
    if "max-age" in control:
        lifetime = seconds(control["max-age"])
    else:
        lifetime = 0 if ends is None or ends < made else ends - made
    may_be_stale = "must-revalidate" not in control
    return (lifetime - age, may_be_stale * seconds(control.get("stale-while-revalidate")))


def cache_key(request, vary):
    names = re.findall(r"[^\s,]+", vary.casefold())
    if "*" in names:
        return MISSING
    fields = parsed(request["headers"])[0]
    chosen = [(name, fields[name]) for name in sorted(set(names)) if name in fields]
    method = {"HEAD": "GET"}.get(request["method"], request["method"])
    return f"{method} {urllib.parse.quote(request['url'])} {urllib.parse.urlencode(chosen)}"


def may_store(layer, response):
    fields, control = parsed(response["headers"])
    if "no-store" in control or "*" in fields.get("vary", "") or response["status"] == 206:
        return False
    named = set(control)
    if layer == "cdn":
        if "private" in named:
            return False
        if "set-cookie" in fields and named.isdisjoint(("public", "s-maxage", "must-revalidate")):
            return False
        named -= {"private"}
    else:
        named -= {"s-maxage"}
    is_told = not named.isdisjoint(("max-age", "s-maxage", "public", "private", "no-cache"))
    return is_told or "expires" in fields or response["status"] in UNASKED


class LayeredCache:
    def __init__(self, browser, cdn, origin):
        self.browser = browser
        self.cdn = cdn
        self.origin = origin

    def get(self, key):
        body = self.browser.get(key)
        return self._beyond(key) if body is MISSING else body

    def _beyond(self, key):
        body, left, scope = self.cdn.get(key), None, "private"
        if body is MISSING:
            body, left, scope = self.origin(key)
        else:
            left = self.cdn.ttl(key)
        if left is not MISSING and left and scope != "no-store":
            self.browser.set(key, body, ttl=left)
        if scope == "public" and left:
            self.cdn.set(key, body, ttl=left)
        return body
