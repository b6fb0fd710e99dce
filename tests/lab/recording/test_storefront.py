"""The shop on loopback and its visitors, each by itself."""

from http.client import HTTPConnection

import pytest

from cachelab.lab.recording.storefront.server import open_shop
from cachelab.lab.recording.storefront.site import ON_A_PAGE, PRODUCTS, Site
from cachelab.lab.recording.storefront.visitors import Browser, Page
from cachelab.ports import ManualClock


def text(site: Site, path: str) -> str:
    return site.answer(path).decode()


def test_a_product_that_sells_comes_first_within_the_hour() -> None:
    clock = ManualClock()
    site = Site(clock.now)
    before = Page(text(site, "/c/0/1")).products
    for _ in range(10_000):
        site.sell(int(before[-1].removeprefix("/p/")))
    clock.advance(3_600)
    assert Page(text(site, "/c/0/1")).products[0] == before[-1]


def test_the_offers_on_the_front_page_change_after_six_hours() -> None:
    clock = ManualClock()
    site = Site(clock.now)
    before = Page(text(site, "/")).products[:12]
    clock.advance(6 * 3_600)
    assert Page(text(site, "/")).products[:12] != before


def test_lists_lead_on_to_every_product_of_a_category() -> None:
    site = Site(lambda: 0.0)
    found: list[str] = []
    path: str | None = "/c/0/1"
    while path is not None:
        page = Page(text(site, path))
        found, path = found + page.products, page.next
    assert len(set(found)) == sum(product.category == 0 for product in site.products) > ON_A_PAGE


@pytest.mark.parametrize("path", ["/c/0/0", "/nothing", "/p/x", "/static/secret.txt"])
def test_a_page_that_is_not_there_is_a_key_error(path: str) -> None:
    with pytest.raises(KeyError):
        Site(lambda: 0.0).answer(path)


def test_a_browser_fetches_a_picture_once_and_a_page_each_time() -> None:
    with open_shop(Site(lambda: 0.0)) as log:
        connection = HTTPConnection("127.0.0.1", log.port)
        browser = Browser(connection)
        browser.open("/p/7")
        first = list(log.paths)
        browser.open("/p/7")
        connection.close()
    assert first[0] == "/p/7"
    assert log.paths[len(first) :] == ["/p/7"]


def test_the_access_log_has_the_bytes_that_were_sent() -> None:
    with open_shop(Site(lambda: 0.0)) as log:
        connection = HTTPConnection("127.0.0.1", log.port)
        body = Browser(connection).get("/photo/7-0")
        connection.close()
    assert log.sizes == [len(body)]


def test_what_is_not_there_is_answered_404_and_not_logged() -> None:
    with open_shop(Site(lambda: 0.0)) as log:
        connection = HTTPConnection("127.0.0.1", log.port)
        connection.request("GET", f"/p/{PRODUCTS}")
        answer = connection.getresponse()
        answer.read()
        connection.close()
    assert (answer.status, log.paths) == (404, [])


def test_a_sale_is_counted_by_the_shop() -> None:
    site = Site(lambda: 0.0)
    before = site.sold[7]
    with open_shop(site) as log:
        connection = HTTPConnection("127.0.0.1", log.port)
        Browser(connection).buy("/p/7")
        connection.close()
    assert site.sold[7] == before + 1
