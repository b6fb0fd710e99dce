"""
Entries that end because somebody said so: events, and rules for what each event ends.

Who changes data publishes what happened, and need not know who keeps copies of it. Every process
with copies listens, and drops those that its rules name.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

from cachelab.ports import Store
from cachelab.ports.codec import decode, encode

from .base import StoreAround
from .channels import Channel, Listening, MemoryChannel
from .rules import Rule, checked_fields

LOGGER = logging.getLogger("cachelab.invalidation")

OnError: TypeAlias = Callable[[str, Rule | None, Exception], object]
"""Is told the event, the rule (None: the message could not be read) and the error."""


def log_error(event: str, rule: Rule | None, error: Exception) -> None:
    """Log what went wrong with an event: what is done unless told better."""
    LOGGER.warning("event %r, rule %s: %s", event, rule.template if rule else None, error)


class EventBased(StoreAround):
    """
    A store whose entries are dropped by the events that `channel` brings.

    `on` adds rules; `publish` drops here first, so who published reads what it wrote, and then
    tells the others. A rule that fails is told to `on_error`, and the rest are carried out all the
    same. Where the channel may have missed something, `on_gap` is called: unless told otherwise it
    clears the store, for nobody knows which entries are old. Over a store that many share, give
    an `on_gap` of your own. To `close` it listens no longer, and closes store and channel.

    Staleness: what the channel takes to bring an event, as long as all who write publish. An event
    nobody published ends nothing, so keep a ttl under this (`ExpireAfter`). An entry stored in
    place of a lease is safe from an event that comes between load and store; one stored by `set`
    is not.

    Round trips: `get` and `set` cost 1, as without. `publish` costs 1 for each rule that the event
    has, and what the channel takes; so does each listener.

    Raises:
        ValueError: an event without rules is published, as when its name is mistyped.
        TypeError: a field of an event is not text or a whole number.

    >>> from cachelab.ports import MemoryStore
    >>> store = EventBased(MemoryStore())
    >>> store.on("user.renamed", "user:{id}", "user:{id}:card")
    >>> store.set_many({"user:7": "Ada", "user:7:card": "Ada L.", "user:8": "Alan"})
    >>> store.publish("user.renamed", id=7)
    >>> store.get_many(["user:7", "user:7:card", "user:8"])
    {'user:8': 'Alan'}
    """

    name: ClassVar[str] = "event_based"

    def __init__(
        self,
        store: Store,
        channel: Channel | None = None,
        *,
        on_gap: Callable[[str], object] | None = None,
        on_error: OnError = log_error,
    ) -> None:
        super().__init__(store)
        self.channel: Channel = MemoryChannel() if channel is None else channel
        self.on_gap = on_gap
        self.on_error = on_error
        self.rules: dict[str, list[Rule]] = defaultdict(list)
        self._listening: Listening = self.channel.subscribe(self._hear, self._distrust)

    def on(self, event: str, *keys: str, tags: tuple[str, ...] | list[str] = ()) -> None:
        """
        Let `event` drop these `keys` too, and end these `tags`, with its fields filled in.

        Raises:
            TypeError: there are tags, and the store has none.
            ValueError: a key's template ends with an asterisk.
        """
        if tags and not hasattr(self.store, "invalidate"):
            raise TypeError(f"{self.store!r} has no tags: put a TaggedKeys under the events")
        rules = [*map(Rule, keys), *(Rule(tag, is_tag=True) for tag in tags)]
        self.rules[event].extend(rules)

    def publish(self, event: str, **fields: str | int) -> None:
        """Drop here what `event` ends, and tell the others; its fields are text or numbers."""
        if event not in self.rules:
            raise ValueError(f"no rule for the event {event!r}, only for {sorted(self.rules)}")
        message = encode([event, checked_fields(fields)])
        try:
            self._carry_out(event, fields)
        finally:
            self.channel.publish(message)

    def close(self) -> None:
        """Listen no longer, and close channel and store."""
        self._listening.close()
        self.channel.close()
        self.store.close()

    def _hear(self, message: bytes) -> None:
        try:
            event, fields = decode(message)
            known = self.rules.get(event, ())
        except (ValueError, TypeError) as error:
            self.on_error(repr(message), None, error)
            return
        if known:
            self._carry_out(event, fields)

    def _carry_out(self, event: str, fields: dict[str, Any]) -> None:
        for rule in list(self.rules[event]):
            try:
                self._end(rule, rule.fill(fields))
            except Exception as error:  # noqa: BLE001 - the other rules are still to be carried out
                self.on_error(event, rule, error)

    def _end(self, rule: Rule, name: str) -> None:
        if rule.is_tag:
            self.store.invalidate(name)  # type: ignore[attr-defined] # `on` has seen to it
        else:
            self.store.delete(name)

    def _distrust(self, why: str) -> None:
        LOGGER.info("events may have been missed: %s", why)
        try:
            (self.on_gap or (lambda _: self.store.clear()))(why)
        except Exception as error:  # noqa: BLE001 - the listener must live on
            self.on_error("gap", None, error)
