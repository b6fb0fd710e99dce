def estimate(workload, design):
    """
    What a design with one shared cache will do: calls of the origin a second, dollars a month.
    """
    raise NotImplementedError()


def distributed_cache():
    raise NotImplementedError()


def content_delivery():
    raise NotImplementedError()


def social_feed():
    raise NotImplementedError()


def shop():
    raise NotImplementedError()
