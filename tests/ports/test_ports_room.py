"""The room as a whole: what it costs to enter, what it exports, and that its examples are true."""

import copy
import doctest
import importlib
import os
import pickle
import subprocess
import sys

import pytest

import cachelab.ports
from cachelab.ports import MISSING


@pytest.mark.parametrize(
    ("library", "name"),
    [("redis", "RedisStore"), ("sqlalchemy", "SQLSource"), ("greenlet", "SimRuntime")],
)
def test_entering_the_room_does_not_import_what_a_few_need(library: str, name: str) -> None:
    script = (
        f"import sys, cachelab.ports as ports\nassert {library!r} not in sys.modules\n"
        f"ports.{name}\nassert {library!r} in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr == ""


@pytest.mark.parametrize("name", cachelab.ports.__all__)
def test_each_exported_name_is_there(name: str) -> None:
    assert name in dir(cachelab.ports)
    assert getattr(cachelab.ports, name) is not None


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = cachelab.ports.nothing


@pytest.mark.parametrize(
    "module",
    [
        "codec",
        "connection",
        "instrument",
        "journal",
        "memory",
        "redis_store",
        "runtime",
        "servers",
        "sim",
        "sources",
        "sql_source",
        "stores",
    ],
)
def test_the_examples_in_the_docstrings_are_true(module: str) -> None:
    if module == "servers" and os.name == "nt":
        pytest.skip("no server can be started on Windows")
    assert doctest.testmod(importlib.import_module(f"cachelab.ports.{module}")).failed == 0


def test_missing_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="compare with `is MISSING`"):
        bool(MISSING)


def test_missing_has_no_value_as_a_row_has() -> None:
    with pytest.raises(AttributeError, match="look first, with `is MISSING`"):
        _ = MISSING.value


def test_missing_is_one_object_wherever_it_goes() -> None:
    for twin in (copy.copy(MISSING), copy.deepcopy(MISSING), pickle.loads(pickle.dumps(MISSING))):
        assert twin is MISSING


def test_missing_prints_as_its_name() -> None:
    assert repr(MISSING) == str(MISSING) == f"{MISSING}" == "MISSING"
