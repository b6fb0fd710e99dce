"""
cachelab: caching from first principles to production, as code to read, run and measure.

The rooms, from the ground up: `ports` (clock, cache server, database), `eviction` (which key must
go), `hashing` (who owns a key), `strategies` (how reads and writes meet cache and database), `lab`
(traces, simulation, pictures), `grading` (judging a submission), `authoring` (building the
notebooks) and `cli`. A room imports only from rooms below it, and importing `cachelab` alone
imports none of them.
"""

__version__ = "0.1.0"
