from math import exp, log


def estimate(workload, design):
    """Che's approximation for LRU: the time for which a copy stays, by bisection."""
    entries, objects = design["layers"][0]["entries"], workload["objects"]
    shares = [rank ** -workload["alpha"] for rank in range(1, objects + 1)]
    rates = [workload["reads"] * share / sum(shares) for share in shares]
    low, high = 0.0, 1e9
    for _ in range(60):
        stay = (low + high) / 2
        if sum(1 - exp(-rate * stay) for rate in rates) > entries:
            high = stay
        else:
            low = stay
    missed = sum(rate * exp(-rate * low) for rate in rates)
    calls = missed + workload["writes"]
    month = 30 * 24 * 3600
    memory = entries * workload["object_bytes"] * 10 / 10**9
    return {"origin_calls": calls, "dollars": 70 + memory + calls * month * 5 / 10**6, "stay": low}


def distributed_cache():
    layer = dict(kind="shared", nodes=3, entries=4000, ttl=300.0, policy="lru")
    layer.update(invalidated=True, leased=True, coalesced=True)
    return {"layers": (layer,), "push_batch": 50}


def content_delivery():
    return {
        "layers": [
            {"kind": "edge", "entries": 2000, "ttl": 18.0, "coalesced": True},
            {"kind": "shared", "entries": 5000, "ttl": 24, "coalesced": True},
        ]
    }


def social_feed():
    return {
        "layers": [
            {"kind": "shared", "entries": 9000, "ttl": 40, "invalidated": True, "coalesced": True}
        ],
        "push_up_to": 500,
        "push_batch": 100,
    }


def shop():
    return {
        "layers": [
            {"kind": "process", "entries": 200, "ttl": 0.8, "coalesced": True},
            {
                "kind": "shared",
                "nodes": 1,
                "entries": 8000,
                "ttl": 120,
                "invalidated": True,
                "leased": True,
                "coalesced": True,
            },
        ]
    }
