"""
What a request that changes something ends: copies of the thing that it changed.

A cache that sees a POST go by and be answered well knows that what it has of that URL is old. It is
a help and no promise: another cache, or the same one a moment earlier, saw nothing.
"""

from urllib.parse import urljoin, urlsplit

from .messages import Request, Response, normal_url

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""Methods that change nothing at the origin."""


def invalidated(request: Request, response: Response) -> list[str]:
    """
    Return the URLs whose copies end because of this exchange.

    They are the URL asked for, and those that the answer names in Location and Content-Location,
    if they are of the same origin: nobody may end the copies of another's site.

    Source: RFC 9111, section 4.4.

    >>> post = Request("POST", "http://shop.test/cart")
    >>> invalidated(post, Response(201, {"Location": "/cart/7"}))
    ['http://shop.test/cart', 'http://shop.test/cart/7']
    >>> invalidated(post, Response(500)), invalidated(Request("GET", "/cart"), Response(200))
    ([], [])
    """
    if request.method in SAFE or not 200 <= response.status < 400:
        return []
    names = ("location", "content-location")
    named = [response.headers[name] for name in names if name in response.headers]
    mine = [url for text in named if (url := _on_the_same_site(request.url, text))]
    return list(dict.fromkeys([normal_url(request.url), *mine]))


def _on_the_same_site(base: str, text: str) -> str:
    """Return the URL that `text` means when it is read at `base`, "" if that is elsewhere."""
    try:
        here, there = urlsplit(base), urlsplit(urljoin(base, text))
        same = normal_url(f"{here.scheme}://{here.netloc}") if here.netloc else ""
        found = normal_url(there.geturl())
    except ValueError:  # it is no URL at all
        return ""
    if not same:
        return found if not there.netloc else ""
    return found if found.startswith(same) else ""
