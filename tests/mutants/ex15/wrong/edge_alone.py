# rejected by: content_delivery
# small caches at the edge, and nothing behind
def estimate(workload, design):
    """
    What a design with one shared cache will do: calls of the origin a second, dollars a month.
    """
    [layer] = design["layers"]
    entries, nodes = layer["entries"], layer.get("nodes", 1)

    def weight(keys):
        return sum(rank ** -workload["alpha"] for rank in range(1, keys + 1))

    hits = weight(min(entries * nodes, workload["objects"])) / weight(workload["objects"])
    calls = workload["reads"] * (1 - hits) + workload["writes"]
    memory = entries * workload["object_bytes"] / 1e9 * 10
    return {"origin_calls": calls, "dollars": nodes * (20 + memory) + 50 + calls * 2.592 * 5}


def distributed_cache():
    shared = {"kind": "shared", "nodes": 2, "entries": 5_000, "ttl": 60}
    return {"layers": [shared | {"invalidated": True, "leased": True, "coalesced": True}]}


def content_delivery():
    edge = {"kind": "edge", "entries": 1_500, "ttl": 15, "coalesced": True}
    shield = {"kind": "shared", "nodes": 2, "entries": 4_000, "ttl": 30, "coalesced": True}
    return {"layers": [edge | {"entries": 200}]}


def social_feed():
    shared = {"kind": "shared", "nodes": 2, "entries": 5_000, "ttl": 30}
    layers = [shared | {"invalidated": True, "coalesced": True}]
    return {"layers": layers, "push_up_to": 1_000}


def shop():
    process = {"kind": "process", "entries": 100, "ttl": 1, "coalesced": True}
    shared = {"kind": "shared", "nodes": 2, "entries": 4_000, "ttl": 60}
    shared |= {"invalidated": True, "leased": True, "coalesced": True}
    return {"layers": [process, shared]}
