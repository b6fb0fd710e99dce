"""
Getting a cache key out of a line of a log: by pattern, by column, by field of a JSON object.

An extractor takes a line and returns the key, or None for a line that is about something else. For
a line that is not what it should be it raises, whatever it likes: the line is counted as broken.
Any function will do; these are the usual ones.
"""

import json
import re
from collections.abc import Callable, Collection
from typing import Any, TypeAlias
from urllib.parse import urlsplit

KeyOf: TypeAlias = Callable[[str], str | None]

REQUEST = re.compile(r'"(?P<method>[A-Z]+) (?P<target>\S+) HTTP/[0-9.]+" (?P<status>[0-9]{3})\b')
"""The request and the status in the Common and Combined Log Formats of web servers."""


def by_pattern(pattern: str) -> KeyOf:
    """
    An extractor that finds `pattern` in a line: its group `key`, or else its first group.

    Raises:
        ValueError: the pattern has no group.

    >>> by_pattern(r"GET /users/([0-9]+)")("10:31 GET /users/17 200")
    '17'
    """
    compiled = re.compile(pattern)
    if not compiled.groups:
        raise ValueError(f"the pattern needs a group around the key: {pattern!r}")
    group: str | int = "key" if "key" in compiled.groupindex else 1

    def key_of(line: str) -> str:
        found = compiled.search(line)
        if found is None:
            raise ValueError("the pattern is not in the line")
        return str(found[group])

    return key_of


def by_column(number: int, separator: str | None = None) -> KeyOf:
    """
    An extractor that takes the column of that `number`, from 0, between separators or white space.

    >>> by_column(2)("10:31 GET user:17 hit"), by_column(0, ",")("user:17,hit")
    ('user:17', 'user:17')
    """
    return lambda line: line.split(separator)[number].strip()


def by_json(*names: str) -> KeyOf:
    """
    An extractor that follows `names` into the JSON object that a line is.

    >>> by_json("request", "key")('{"request": {"key": "user:17"}}')
    'user:17'
    """

    def key_of(line: str) -> str:
        value: Any = json.loads(line)
        for name in names:
            value = value[name]
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise TypeError(f"a key must be text or a whole number, not {value!r}")
        return str(value)

    return key_of


def by_request_path(methods: Collection[str] = ("GET",), keep_query: bool = False) -> KeyOf:
    """
    An extractor for web servers' access logs: the path of a request that was answered well.

    Requests of other methods, and those with a status outside 200 to 299 or 304, give no key.

    >>> line = '::1 - - [28/Nov/2026:10:31:02 +0000] "GET /users/17?tab=a HTTP/1.1" 200 512'
    >>> by_request_path()(line)
    '/users/17'
    """

    def key_of(line: str) -> str | None:
        found = REQUEST.search(line)
        if found is None:
            raise ValueError("no request is in the line")
        status = int(found["status"])
        if found["method"] not in methods or not (200 <= status < 300 or status == 304):
            return None
        target = urlsplit(found["target"])
        query = f"?{target.query}" if keep_query and target.query else ""
        return target.path + query

    return key_of
