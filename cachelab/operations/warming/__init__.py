"""
Filling a cache before its readers come: from keys, a log, a trace, or another store.

`CacheWarmer` goes through the keys; a filling brings each copy: `Through`, `Rows` or `Copied`.
"""

from .access_log import HotKeys, hot_keys, hot_keys_of_trace
from .copied import Copied
from .filling import Filled, Filling
from .key_extractors import KeyOf, by_column, by_json, by_pattern, by_request_path
from .log_lines import lines_of
from .progress import ProgressFile
from .report import WarmReport
from .rows import Rows
from .throttle import Throttle
from .through import Through
from .warmer import CacheWarmer

__all__ = [
    "CacheWarmer",
    "Copied",
    "Filled",
    "Filling",
    "HotKeys",
    "KeyOf",
    "ProgressFile",
    "Rows",
    "Throttle",
    "Through",
    "WarmReport",
    "by_column",
    "by_json",
    "by_pattern",
    "by_request_path",
    "hot_keys",
    "hot_keys_of_trace",
    "lines_of",
]
