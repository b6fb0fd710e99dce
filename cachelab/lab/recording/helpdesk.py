"""
`helpdesk`: five days of a support desk's database, with a board redrawn every hour.

Agents read what is new, customers find their old tickets, a search goes through lists of tickets by
word, each hour's board reads the same index end to end, and each night a report reads all messages.
"""

import random
from bisect import bisect
from itertools import accumulate
from typing import Any

import numpy as np

from cachelab.lab.traces import Trace

from .sqlite_pages import record_pages

DAYS, HOURS_A_DAY, EVENTS_AN_HOUR = 5, 10, 170
CUSTOMERS, WORDS, PAST_TICKETS = 3_000, 2_000, 8_000
WORDS_A_TICKET, MESSAGES_A_TICKET = 6, 3

SCHEMA = """
create table customer(id integer primary key, email text unique, name text, notes text);
create table ticket(id integer primary key, customer integer, status integer, subject text);
create index ticket_of on ticket(customer);
create index ticket_by_status on ticket(status, id, subject);
create table message(id integer primary key, ticket integer, text text);
create index message_of on message(ticket);
create table found(word integer, ticket integer, primary key (word, ticket)) without rowid;
"""

OPEN, CLOSED = 0, 1


def record_helpdesk() -> Trace:
    """
    Run the desk for five days; the same requests each time.

    Raises:
        CachelabError: apsw is not installed.
    """
    rng = random.Random(2026)
    pages = record_pages(
        lambda database: _Desk(database, rng).fill(), lambda database: _Desk(database, rng).work()
    )
    return Trace(np.array(pages), "helpdesk")


class _Desk:
    """The desk's statements on one database, with the dice that choose among them."""

    def __init__(self, database: Any, rng: random.Random) -> None:
        self.database = database
        self.rng = rng
        self.words = list(accumulate(rank**-0.9 for rank in range(1, WORDS + 1)))

    def fill(self) -> None:
        """Bring the tables to where they are on the first morning."""
        self.database.execute(SCHEMA)
        with self.database:
            self.database.executemany(
                "insert into customer values(?, ?, ?, ?)",
                ((i, _email(i), f"customer {i}", "n" * 300) for i in range(CUSTOMERS)),
            )
            for number in range(PAST_TICKETS):
                self.file_ticket()
                status = OPEN if number > PAST_TICKETS - 400 else CLOSED
                self.database.execute(
                    "update ticket set status = ? where id = ?", (status, number + 1)
                )

    def work(self) -> None:
        """Five days: events, a board every hour, a report every night."""
        kinds = [self.read_new, self.read_own, self.search, self.answer, self.file_ticket]
        odds = [40, 20, 12, 20, 8]
        for _ in range(DAYS):
            for _ in range(HOURS_A_DAY):
                for event in self.rng.choices(kinds, odds, k=EVENTS_AN_HOUR):
                    event()
                self.board()
            self.report()

    def file_ticket(self) -> None:
        """A customer writes: a ticket, its first messages, and the words to find it by."""
        customer = int(CUSTOMERS * self.rng.random() ** 2)
        with self.database:
            self.ask("select id from customer where email = ?", _email(customer))
            self.ask(
                "insert into ticket(customer, status, subject) values(?, 0, ?)", customer, "s" * 40
            )
            ticket = self.newest()
            for _ in range(MESSAGES_A_TICKET):
                self.ask("insert into message(ticket, text) values(?, ?)", ticket, "t" * 350)
            for word in sorted({self.word() for _ in range(WORDS_A_TICKET)}):
                self.ask("insert into found values(?, ?)", word, ticket)

    def read_new(self) -> None:
        """An agent opens a ticket, most likely one of the last few hundred."""
        self.thread(max(1, self.newest() - int(self.rng.expovariate(1 / 250))))

    def read_own(self) -> None:
        """A customer opens the latest of the tickets that are theirs."""
        customer = int(CUSTOMERS * self.rng.random() ** 2)
        self.ask("select * from customer where email = ?", _email(customer))
        own = self.ask("select id from ticket where customer = ? order by id desc", customer)
        for (ticket,) in own[:2]:
            self.thread(ticket)

    def search(self) -> None:
        """Somebody looks for a word; the ten newest tickets that have it are listed."""
        found = self.ask(
            "select ticket from found where word = ? order by ticket desc", self.word()
        )
        for (ticket,) in found[:10]:
            self.ask("select subject from ticket where id = ?", ticket)

    def answer(self) -> None:
        """An agent answers an open ticket and closes it half of the time."""
        ticket = max(1, self.newest() - int(self.rng.expovariate(1 / 60)))
        self.thread(ticket)
        status = CLOSED if self.rng.random() < 0.5 else OPEN
        with self.database:
            self.ask("insert into message(ticket, text) values(?, ?)", ticket, "a" * 500)
            self.ask("update ticket set status = ? where id = ?", status, ticket)

    def board(self) -> None:
        """The board on the wall: how many tickets are open and closed, by subject."""
        self.ask("select status, count(*), sum(length(subject)) from ticket group by status")

    def report(self) -> None:
        """The night's report reads every message once."""
        self.ask("select count(*), sum(length(text)) from message")

    def thread(self, ticket: int) -> None:
        """Read a ticket and all that was written in it."""
        self.ask("select * from ticket where id = ?", ticket)
        self.ask("select * from message where ticket = ?", ticket)

    def newest(self) -> int:
        (newest,) = self.ask("select max(id) from ticket")[0]
        return int(newest)

    def word(self) -> int:
        """Draw a word by its rank; what is often written is often looked for (Zipf, 0.9)."""
        return bisect(self.words, self.rng.random() * self.words[-1])

    def ask(self, statement: str, *values: object) -> list[Any]:
        rows: list[Any] = self.database.execute(statement, values).fetchall()
        return rows


def _email(customer: int) -> str:
    return f"c{customer * 1_009 % CUSTOMERS}@example.org"
