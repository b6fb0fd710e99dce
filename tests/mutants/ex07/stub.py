class LRUCache:
    """Evicts the least recently used entry when it is full."""

    def __init__(self, capacity):
        """Make an empty cache with room for `capacity` entries."""
        raise NotImplementedError()

    def get(self, key, default=None):
        raise NotImplementedError()

    def put(self, key, value):
        raise NotImplementedError()

    def delete(self, key):
        raise NotImplementedError()

    def hit_rate(self):
        raise NotImplementedError()

    def __contains__(self, key):
        raise NotImplementedError()

    def __len__(self):
        raise NotImplementedError()
