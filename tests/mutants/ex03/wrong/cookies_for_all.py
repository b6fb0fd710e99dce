# rejected by: store_shared
# sets one user's cookie for all
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
    found = {}
    for part in lowered(headers).get("cache-control", "").split(","):
        name, _, argument = part.strip().partition("=")
        found.setdefault(name.strip().lower(), argument.strip().strip('"'))
    return found


def freshness(headers, now):
    """
    For how long a response is fresh from now on, and for how long it may be served stale then.
    """
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


def cache_key(request, vary):
    """
    What two requests have in common that may share a response.
    """
    names = sorted({name.strip().lower() for name in vary.split(",") if name.strip()})
    if "*" in names:
        return MISSING
    fields = lowered(request["headers"])
    method = "GET" if request["method"] == "HEAD" else request["method"]
    return json.dumps([method, request["url"], [[name, fields.get(name)] for name in names]])


def may_store(layer, response):
    """
    Whether a browser or a cdn may keep a response.
    """
    fields, control = lowered(response["headers"]), directives(response["headers"])
    if "no-store" in control or "*" in fields.get("vary", "") or response["status"] == 206:
        return False
    if layer == "browser" and "private" in control:
        return True
    if layer == "cdn":
        if "private" in control:
            return False
        is_for_all = {"public", "s-maxage", "must-revalidate"} & set(control)
        if "s-maxage" in control:
            return True
    if {"max-age", "public", "no-cache"} & set(control) or "expires" in fields:
        return True
    return response["status"] in KEPT_UNASKED


class LayeredCache:
    """
    A browser's cache before a CDN before an origin.
    """

    def __init__(self, browser, cdn, origin):
        self.browser, self.cdn, self.origin = browser, cdn, origin

    def get(self, key):
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
