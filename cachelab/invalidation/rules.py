"""
Which entries an event ends: templates of keys and of tags, filled with the event's fields.

What is filled in is text and nothing else. An id of "*" or "{id}" names that one key, and can
reach no other.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cachelab.ports.stores import check_key

FIELD = re.compile(r"\{([A-Za-z_]\w*)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A template of the keys (or, with `is_tag`, of the tags) that an event ends.

    `{name}` stands for a field of the event. Other braces stand for themselves, so the hash tag in
    "{7}:cart" and the one in "{{id}}:cart" are possible.

    Fields are put in as they are, since the key has to be the one that the readers made. Who makes
    keys with `key_of`, as one should of what users choose, publishes `key_part` of the field.

    Raises:
        ValueError: a key's template ends with an asterisk: keys are never searched.

    >>> Rule("user:{id}:{part}").fill({"id": 7, "part": "*"})
    'user:7:*'
    >>> Rule("{{id}}:cart").fill({"id": 7})
    '{7}:cart'
    >>> from cachelab.ports import key_of, key_part
    >>> Rule("user:{id}").fill({"id": key_part("7:card")}) == key_of("user", "7:card")
    True
    """

    template: str
    is_tag: bool = False

    def __post_init__(self) -> None:
        if check_key(self.template).endswith("*") and not self.is_tag:
            raise ValueError(
                f"{self.template!r} would mean to search all keys: give those entries a tag, "
                "and let the event end the tag"
            )

    def fill(self, fields: Mapping[str, Any]) -> str:
        """
        Return the template with the fields of an event in it.

        Raises:
            ValueError: the event has no such field.
        """
        return FIELD.sub(lambda match: self._text(match[1], fields), self.template)

    def _text(self, name: str, fields: Mapping[str, Any]) -> str:
        if name not in fields:
            raise ValueError(f"the rule {self.template!r} needs {name!r}, and got {sorted(fields)}")
        return str(fields[name])


def checked_fields(fields: Mapping[str, Any]) -> dict[str, str | int]:
    """
    The fields themselves, once each is known to have one text that all will agree on.

    Raises:
        TypeError: a field is not text or a whole number.
    """
    for name, value in fields.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise TypeError(f"the field {name!r} must be text or a whole number, not {value!r}")
    return dict(fields)
