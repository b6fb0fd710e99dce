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
    raise NotImplementedError()


def freshness(headers, now):
    """
    For how long a response is fresh from now on, and for how long it may be served stale then.
    """
    raise NotImplementedError()


def cache_key(request, vary):
    """
    What two requests have in common that may share a response.
    """
    raise NotImplementedError()


def may_store(layer, response):
    """
    Whether a browser or a cdn may keep a response.
    """
    raise NotImplementedError()


class LayeredCache:
    """
    A browser's cache before a CDN before an origin.
    """

    def __init__(self, browser, cdn, origin):
        self.browser, self.cdn, self.origin = browser, cdn, origin

    def get(self, key):
        raise NotImplementedError()
