from datetime import UTC, datetime
from email.utils import parsedate

from cachelab.ports import MISSING


class Control(dict):
    """
    Cache-Control as a dictionary; seconds("x") is a whole number of at least 0.
    """

    def __init__(self, headers):
        super().__init__()
        text = next((v for k, v in headers.items() if k.lower() == "cache-control"), "")
        for part in filter(None, map(str.strip, text.split(","))):
            name, is_there, value = part.partition("=")
            key = name.lower().rstrip()
            if key not in self:
                self[key] = value.strip() if is_there else ""

    def seconds(self, name):
        text = self.get(name, "")
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1]
        return int(text) if text.isascii() and text.isdigit() else 0


def field(headers, wanted):
    for name in headers:
        if name.lower() == wanted.lower():
            return headers[name]
    return None


def moment(text):
    parts = parsedate(text) if text else None
    if parts is None:
        return None
    return datetime(*parts[:6], tzinfo=UTC).timestamp()


def freshness(headers, now):
    control = Control(headers)
    date, expires = moment(field(headers, "Date")), field(headers, "Expires")
    ages = [0.0]
    if date is not None:
        ages.append(now - date)
    told = field(headers, "Age") or ""
    if told.isdigit():
        ages.append(float(told))
    age = max(ages)
    grace = float(control.seconds("stale-while-revalidate"))
    if "must-revalidate" in control or "no-cache" in control:
        grace = 0.0
    if "no-cache" in control:
        life = 0.0
    elif "max-age" in control:
        life = float(control.seconds("max-age"))
    elif expires is not None and moment(expires) is not None:
        life = max(0.0, moment(expires) - (now if date is None else date))
    else:
        life = 0.0
    return [life - age, grace]


def cache_key(request, vary):
    wanted = {name.strip().lower() for name in vary.split(",")} - {""}
    if "*" in wanted:
        return MISSING
    parts = [request["method"].replace("HEAD", "GET"), request["url"]]
    for name in sorted(wanted):
        value = field(request["headers"], name)
        parts.append(name)
        parts.append("absent" if value is None else "is " + value)
    return "".join(f"{len(part)}:{part}" for part in parts)


def may_store(layer, response):
    control = Control(response["headers"])
    vary = field(response["headers"], "vary") or ""
    refusals = [
        "no-store" in control,
        any(name.strip() == "*" for name in vary.split(",")),
        response["status"] == 206,
        layer == "cdn" and "private" in control,
        layer == "cdn"
        and field(response["headers"], "set-cookie") is not None
        and not any(name in control for name in ("public", "s-maxage", "must-revalidate")),
    ]
    reasons = [
        layer == "browser" and "private" in control,
        layer == "cdn" and "s-maxage" in control,
        "max-age" in control,
        "public" in control,
        "no-cache" in control,
        field(response["headers"], "expires") is not None,
        response["status"] in (200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501),
    ]
    return any(reasons) and not any(refusals)


class LayeredCache:
    def __init__(self, browser, cdn, origin):
        self.layers = [browser, cdn]
        self.origin = origin

    def get(self, key):
        missed = []
        for layer in self.layers:
            body = layer.get(key)
            if body is not MISSING:
                left = layer.ttl(key)
                for nearer in missed:
                    nearer.set(key, body, left)
                return body
            missed.append(layer)
        body, seconds, scope = self.origin(key)
        kept_by = {"public": self.layers, "private": self.layers[:1]}.get(scope, [])
        for layer in kept_by:
            if seconds:
                layer.set(key, body, seconds)
        return body
