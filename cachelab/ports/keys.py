"""
Keys made of parts, some of which users may choose: no part can reach beyond its place.

With f"user:{id}:card", a user who is called "7:card" gets a hand on what is user 7's. Here each
part is escaped, so two lists of parts make one key only if they are the same list.
"""

from urllib.parse import quote


def key_of(*parts: str | int) -> str:
    """
    The key that stands for `parts`, with colons between them.

    Letters, digits and "-._~" stay as they are; all else becomes %XX, as in a URL: colons, so that
    no part adds another; "*?[]", which mean something in a pattern; "{}", by which one could choose
    the slot of a cluster.

    Complexity: O(length of the parts).

    Raises:
        TypeError: a part is neither text nor a whole number.
        ValueError: there is no part.

    >>> key_of("user", 7, "card"), key_of("user", "7:card")
    ('user:7:card', 'user:7%3Acard')
    """
    if not parts:
        raise ValueError("a key needs at least one part")
    return ":".join(map(key_part, parts))


def key_part(part: str | int) -> str:
    """
    One part of a key, escaped: what an event that names it has to say, too.

    >>> key_part("{hot}*")
    '%7Bhot%7D%2A'
    """
    if isinstance(part, bool) or not isinstance(part, str | int):
        raise TypeError(f"a part of a key must be text or a whole number, not {part!r}")
    return quote(str(part), safe="", errors="surrogatepass")
