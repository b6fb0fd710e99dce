from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cachelab.lab import Trace, read_trace
from cachelab.lab.trace_writing import write_trace

numbers = st.lists(st.integers(0, 2**53), min_size=1, max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers, st.sampled_from(["t.csv", "t.csv.xz", "t.trace", "t.trace.xz"]))
def test_numbers_come_back_as_they_were_written(tmp_path: Path, keys: list[int], name: str) -> None:
    write_trace(Trace(np.array(keys)), tmp_path / name)
    assert list(read_trace(tmp_path / name)) == keys


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2**40)), min_size=1))
def test_sizes_come_back_as_they_were_written(
    tmp_path: Path, requests: list[tuple[int, int]]
) -> None:
    keys, sizes = zip(*requests, strict=True)
    write_trace(Trace(np.array(keys), "t", np.array(sizes)), tmp_path / "t.csv.xz")
    read = read_trace(tmp_path / "t.csv.xz").sizes
    assert read is not None
    assert tuple(read.tolist()) == sizes


def test_no_text_is_written(tmp_path: Path) -> None:
    write_trace(Trace(["ada@a.org", "ben@b.org", "ada@a.org"]), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8") == "key\n0\n1\n0\n"


def test_a_name_that_would_lose_the_sizes_is_refused(tmp_path: Path) -> None:
    trace = Trace(np.array([1]), "t", np.array([10]))
    with pytest.raises(ValueError, match=r"mine.trace.xz would lose the sizes: .* mine.csv.xz"):
        write_trace(trace, tmp_path / "mine.trace.xz")


def test_a_name_that_says_no_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"mine.txt must end in .csv, .trace"):
        write_trace(Trace(np.array([1])), tmp_path / "mine.txt")
