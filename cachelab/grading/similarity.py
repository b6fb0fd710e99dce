"""
Which submissions have more in common than the exercise explains.

Winnowing: a text is turned into tokens in which names and numbers are all alike, every run of so
many tokens is hashed, and of each window of hashes the smallest is kept. Two texts that share a
stretch longer than window and run share a hash, wherever it stands and whatever its names are.

Source: Schleimer, Wilkerson, Aiken, "Winnowing: local algorithms for document fingerprinting",
SIGMOD 2003.
"""

import io
import keyword
import tokenize
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

RUN, WINDOW = 12, 8
"""Tokens that are hashed together, and hashes of which one is kept."""

COPY = 0.9
"""The share in common from which a text says nothing of its own about what is usual."""

_SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """
    Two submissions and the share of the smaller one's fingerprints that the other has as well.

    What the whole class has in common, such as the form that was handed out, does not count.
    """

    first: str
    second: str
    share: float
    common: int


def words_of(text: str) -> list[str]:
    """
    Return the tokens of Python text: names, numbers and strings by their kind, the rest as it is.

    >>> words_of("total = price * 2  # in cents")
    ['name', '=', 'name', '*', 'number']
    """
    words = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _SILENT:
                continue
            if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
                words.append("name")
            elif token.type in (tokenize.NUMBER, tokenize.STRING):
                words.append("number" if token.type == tokenize.NUMBER else "text")
            else:
                words.append(token.string.strip() or tokenize.tok_name[token.type])
    except (tokenize.TokenError, SyntaxError):
        pass  # what could be read of a broken text is compared
    return words


def fingerprints(text: str) -> frozenset[int]:
    """Return the hashes that winnowing keeps of a text."""
    words = words_of(text)
    runs = [" ".join(words[k : k + RUN]) for k in range(max(1, len(words) - RUN + 1))]
    hashes = [zlib.crc32(run.encode()) for run in runs]
    last = max(1, len(hashes) - WINDOW + 1)
    return frozenset(min(hashes[k : k + WINDOW]) for k in range(last))


def similar_pairs(
    texts: Mapping[str, str], *, handed_out: str = "", at_least: float = 0.6
) -> list[Pair]:
    """
    Return the pairs that share at least such a part of their fingerprints, the closest first.

    Left out is what is in the form that was `handed_out`, and what more than half of a class of
    five or more has; copies of one text count as one of the class, so that they do not make each
    other usual. A pair is a reason to look, not a verdict.

    Complexity: O(n^2) comparisons of sets for n texts.
    """
    known = fingerprints(handed_out) if handed_out else frozenset()
    prints = {name: fingerprints(text) - known for name, text in texts.items()}
    usual = _usual(list(prints.values()))
    prints = {name: found - usual for name, found in prints.items()}
    pairs = [_pair(a, b, prints[a], prints[b]) for a, b in combinations(sorted(prints), 2)]
    close = [pair for pair in pairs if pair.common and pair.share >= at_least]
    return sorted(close, key=lambda pair: (-pair.share, pair.first, pair.second))


def _usual(prints: list[frozenset[int]]) -> frozenset[int]:
    """Return the fingerprints that more than half of the class has, of five texts or more."""
    own: list[frozenset[int]] = []
    for found in prints:
        if not any(_pair("", "", found, other).share >= COPY for other in own):
            own.append(found)
    if len(own) < 5:
        return frozenset()
    counts = Counter(one for found in own for one in found)
    return frozenset(one for one, count in counts.items() if count > len(own) / 2)


def _pair(first: str, second: str, one: frozenset[int], other: frozenset[int]) -> Pair:
    common = len(one & other)
    return Pair(first, second, common / max(1, min(len(one), len(other))), common)
