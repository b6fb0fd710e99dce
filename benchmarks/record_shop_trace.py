"""
Record which database pages SQLite asks its file for while a shop is open, and one night.

Run once to make `cachelab/lab/data/shop.trace.xz`, the real trace that ships with the course:

    pip install apsw numpy
    python benchmarks/record_shop_trace.py cachelab/lab/data/shop.trace.xz

SQLite's own page cache is set to ten pages, so the file sees nearly every page request. The mix of
statements is ours; which pages they touch, and in what order, is SQLite's doing.
"""

import lzma
import sys
import tempfile
from pathlib import Path

import apsw
import numpy as np

PAGE = 4096
CUSTOMERS, PRODUCTS, PAST_ORDERS = 12_000, 6_000, 24_000
VISITS_A_DAY = 9_000

SCHEMA = f"""
pragma page_size = {PAGE};
create table customer(id integer primary key, email text unique, address text);
create table product(id integer primary key, name text, price integer, stock integer, text text);
create table review(id integer primary key, product integer, stars integer, text text);
create index review_of on review(product);
create table item(id integer primary key, customer integer, product integer, price integer);
create index item_of on item(customer);
"""


class Recorder(apsw.VFS):
    """The operating system's file layer, with an ear to each read of the database file."""

    def __init__(self) -> None:
        self.pages: list[int] = []
        self.listening = False
        super().__init__("recorder", "")

    def xOpen(self, name: object, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        recorder, is_database = self, flags[0] & apsw.SQLITE_OPEN_MAIN_DB

        class File(apsw.VFSFile):
            def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's name
                if recorder.listening and is_database and amount == PAGE:
                    recorder.pages.append(offset // PAGE)
                return super().xRead(amount, offset)

        return File("", name, flags)


def fill(db: apsw.Connection, rng: np.random.Generator) -> None:
    db.execute(SCHEMA)
    with db:
        db.executemany(
            "insert into customer values(?, ?, ?)",
            ((i, f"c{i * 7919 % CUSTOMERS}@example.org", "x" * 120) for i in range(CUSTOMERS)),
        )
        db.executemany(
            "insert into product values(?, ?, ?, 100, ?)",
            ((i, f"product {i}", 100 + i, "y" * 700) for i in range(PRODUCTS)),
        )
        db.executemany(
            "insert into review(product, stars, text) values(?, ?, ?)",
            ((int(p), 4, "z" * 250) for p in rng.permutation(np.repeat(np.arange(PRODUCTS), 3))),
        )
        db.executemany(
            "insert into item(customer, product, price) values(?, ?, ?)",
            (
                (int(c), int(p), 100)
                for c, p in zip(
                    rng.integers(0, CUSTOMERS, PAST_ORDERS),
                    rng.integers(0, PRODUCTS, PAST_ORDERS),
                    strict=True,
                )
            ),
        )


def day(db: apsw.Connection, rng: np.random.Generator, favourites: np.ndarray) -> None:
    weights = np.arange(1, PRODUCTS + 1) ** -0.95
    products = favourites[rng.choice(PRODUCTS, VISITS_A_DAY, p=weights / weights.sum())]
    for product in map(int, products):
        db.execute("select * from product where id = ?", (product,)).fetchall()
        if rng.random() < 0.3:
            db.execute("select * from review where product = ?", (product,)).fetchall()
        if rng.random() < 0.08:
            customer = int(rng.integers(CUSTOMERS))
            email = f"c{customer}@example.org"
            db.execute("select id from customer where email = ?", (email,)).fetchall()
            with db:
                db.execute(
                    "insert into item(customer, product, price) values(?, ?, 1)",
                    (customer, product),
                )
                db.execute("update product set stock = stock - 1 where id = ?", (product,))


def night(db: apsw.Connection) -> None:
    db.execute("select count(*), sum(length(text)) from product").fetchall()
    db.execute("select stars, count(*), sum(length(text)) from review group by 1").fetchall()


def main(target: Path) -> None:
    rng = np.random.default_rng(1994)
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder:
        db = apsw.Connection(str(Path(folder) / "shop.db"), vfs="recorder")
        db.execute("pragma journal_mode = off; pragma synchronous = off")
        fill(db, rng)
        db.execute("pragma cache_size = 10")
        favourites = rng.permutation(PRODUCTS)
        recorder.listening = True
        day(db, rng, favourites)
        night(db)
        day(db, rng, favourites)
        recorder.listening = False
        db.close()
    text = "\n".join(map(str, recorder.pages)) + "\n"
    target.write_bytes(lzma.compress(text.encode(), preset=9))
    print(
        f"{len(recorder.pages):,} requests of {len(set(recorder.pages)):,} pages -> {target.name}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
