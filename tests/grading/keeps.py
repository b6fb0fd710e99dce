"""A wrong cache whose run is stepped through."""


class Keeps:
    """A cache that never gives anything up."""

    def __init__(self, capacity):
        self.entries = {}

    def get(self, key, default=None):
        return self.entries.get(key, default)

    def put(self, key, value):
        self.entries[key] = value
