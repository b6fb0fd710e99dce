from dataclasses import replace
from xml.etree import ElementTree

import pytest

from cachelab.lab.deciding import decision_svg
from cachelab.operations.deciding import Advice, Question, Situation, nodes, recommend

PAGE = Situation(reads=2, writes=0.01, origin=0.050, lookup=0.001, staleness=30, target=0.020)
SITUATIONS = {
    "short path": replace(PAGE, reads=0.0001, writes=1.0, staleness=1),
    "long path": PAGE,
    "hours": replace(PAGE, staleness=1e5),
}
SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", SITUATIONS)
def test_as_many_nodes_are_marked_as_the_path_has(name: str) -> None:
    path = recommend(SITUATIONS[name])
    assert texts(decision_svg(path)).count("taken") == len(path.names)


def test_every_question_and_every_advice_is_in_the_picture() -> None:
    shown = " ".join(texts(decision_svg()))
    for node in nodes():
        words = node.text if isinstance(node, Question) else node.title
        assert words.split()[0] in shown
        assert all(word in shown for word in words.split())


def test_every_branch_is_named() -> None:
    branches = [name for n in nodes() if isinstance(n, Question) for name in n.branches]
    shown = texts(decision_svg())
    assert sorted(text[:-1] for text in shown if text.endswith(":")) == sorted(branches)


def test_the_picture_is_described_by_the_explanation() -> None:
    path = recommend(PAGE)
    root = ElementTree.fromstring(decision_svg(path))
    assert root.findtext(f"{SVG}desc") == str(path)


def test_the_same_path_gives_the_same_picture() -> None:
    assert decision_svg(recommend(PAGE)) == decision_svg(recommend(PAGE))


def test_no_line_of_text_leaves_its_box() -> None:
    root = ElementTree.fromstring(decision_svg(recommend(PAGE)))
    for element in root.iter(f"{SVG}text"):
        size = float(element.get("font-size", 0))
        if element.get("text-anchor") == "start":
            end = float(element.get("x", 0)) + len(element.text or "") * size * 0.53
            assert end <= 720 - 16, element.text


def test_a_leaf_looks_other_than_a_question() -> None:
    root = ElementTree.fromstring(decision_svg())
    rounded = [r for r in root.iter(f"{SVG}rect") if r.get("rx") == "12"]
    assert len(rounded) == sum(isinstance(node, Advice) for node in nodes())
