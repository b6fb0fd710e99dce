"""
`shop`: a shop's database over three days, with a report in each night between them.

The mix of statements and the popularity of products (Zipf, 0.95) are ours; which pages they touch,
and in what order, is SQLite's doing.
"""

from typing import Any

import numpy as np

from cachelab.lab.traces import Ids, Trace

from .sqlite_pages import record_pages

CUSTOMERS, PRODUCTS, PAST_ORDERS = 12_000, 6_000, 24_000
DAYS, VISITS_A_DAY = 3, 9_000

SCHEMA = """
create table customer(id integer primary key, email text unique, address text);
create table product(id integer primary key, name text, price integer, stock integer, text text);
create table review(id integer primary key, product integer, stars integer, text text);
create index review_of on review(product);
create table item(id integer primary key, customer integer, product integer, price integer);
create index item_of on item(customer);
"""


def record_shop() -> Trace:
    """
    Open the shop for three days with nights between them; the same requests each time.

    Raises:
        CachelabError: apsw is not installed.
    """
    rng = np.random.default_rng(1994)

    def open_for_days(database: Any) -> None:
        favourites = rng.permutation(PRODUCTS)
        _day(database, rng, favourites)
        for _ in range(DAYS - 1):
            _night(database)
            _day(database, rng, favourites)

    pages = record_pages(lambda database: _fill(database, rng), open_for_days)
    return Trace(np.array(pages), "shop")


def _fill(database: Any, rng: np.random.Generator) -> None:
    database.execute(SCHEMA)
    with database:
        database.executemany(
            "insert into customer values(?, ?, ?)",
            ((i, f"c{i * 7919 % CUSTOMERS}@example.org", "x" * 120) for i in range(CUSTOMERS)),
        )
        database.executemany(
            "insert into product values(?, ?, ?, 100, ?)",
            ((i, f"product {i}", 100 + i, "y" * 700) for i in range(PRODUCTS)),
        )
        reviewed = rng.permutation(np.repeat(np.arange(PRODUCTS), 3)).tolist()
        database.executemany(
            "insert into review(product, stars, text) values(?, 4, ?)",
            ((product, "z" * 250) for product in reviewed),
        )
        buyers = rng.integers(0, CUSTOMERS, PAST_ORDERS).tolist()
        bought = rng.integers(0, PRODUCTS, PAST_ORDERS).tolist()
        database.executemany(
            "insert into item(customer, product, price) values(?, ?, 100)",
            zip(buyers, bought, strict=True),
        )


def _day(database: Any, rng: np.random.Generator, favourites: Ids) -> None:
    weights = np.arange(1, PRODUCTS + 1) ** -0.95
    drawn = favourites[rng.choice(PRODUCTS, VISITS_A_DAY, p=weights / weights.sum())]
    for product in drawn.tolist():
        database.execute("select * from product where id = ?", (product,)).fetchall()
        if rng.random() < 0.3:
            database.execute("select * from review where product = ?", (product,)).fetchall()
        if rng.random() < 0.08:
            _buy(database, int(rng.integers(CUSTOMERS)), product)


def _buy(database: Any, customer: int, product: int) -> None:
    email = f"c{customer}@example.org"
    database.execute("select id from customer where email = ?", (email,)).fetchall()
    with database:
        database.execute(
            "insert into item(customer, product, price) values(?, ?, 1)", (customer, product)
        )
        database.execute("update product set stock = stock - 1 where id = ?", (product,))


def _night(database: Any) -> None:
    database.execute("select count(*), sum(length(text)) from product").fetchall()
    database.execute("select stars, count(*), sum(length(text)) from review group by 1").fetchall()
