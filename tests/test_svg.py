"""Computation graphs as pictures: what they show, what they say, and to whom."""

import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from grader.model import Case, Node
from grader.render.figures import alike, both, figure, share_of
from grader.render.svg import graph_svg
from tests.graph_examples import neuron_case, shared_case, tanh_case

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text):
    return ElementTree.fromstring(text.replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1))


def drawn(case, ident="g"):
    return parsed(graph_svg(case, ident))


def of_class(root, kind):
    return [each for each in root.iter() if kind in each.get("class", "").split()]


def texts(root):
    return [each.text for each in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("case", [shared_case(), tanh_case(), neuron_case()])
def test_every_value_and_every_use_is_drawn(case):
    root = drawn(case)
    assert len(of_class(root, "node")) == len(case.nodes)
    assert len(of_class(root, "edge")) == sum(len(node.operands) for node in case.nodes)
    assert {each.text for each in of_class(root, "name")} == {node.name for node in case.nodes}


def test_a_graph_has_a_title_and_a_description_that_name_what_is_wrong():
    root = drawn(shared_case(), "own")
    assert root.get("aria-labelledby") == "own-title own-desc"
    assert root.find(f"{SVG}title").text == "Computation graph of q"
    description = root.find(f"{SVG}desc").text
    assert "the first wrong number is in g" in description
    assert "Wrong after that: a, b, c, d, e" in description


def test_wrong_nodes_are_told_by_words_and_show_both_numbers():
    root = drawn(shared_case())
    (first,) = of_class(root, "first")
    assert "✗ first wrong gradient" in texts(first)
    assert {"-1.05", "-3.62251"} <= set(texts(first))
    wrong = of_class(root, "wrong")
    assert len(wrong) == 5 and all("✗ wrong" in texts(each) for each in wrong)
    right = of_class(root, "right")
    assert len(right) == 6 and all("✓" in texts(each) for each in right)
    assert not any("PyTorch" in text for each in right for text in texts(each))


def test_the_judge_is_named():
    assert any("reference" in text for text in texts(drawn(tanh_case())))
    assert not any("PyTorch" in text for text in texts(drawn(tanh_case())))


def test_a_wrong_value_is_called_one():
    case = tanh_case()
    node = replace(case.nodes[1], state="first", data=0.5)
    root = drawn(replace(case, nodes=(replace(case.nodes[0], state="wrong"), node)))
    assert "✗ first wrong value" in texts(root)


def test_nodes_speak():
    spoken = {each.get("aria-label") for each in of_class(drawn(shared_case()), "node")}
    assert (
        "g, tanh of e; data -0.57167; gradient: yours -1.05, PyTorch -3.62251; first wrong gradient"
    ) in spoken
    assert "m, g times g; data 0.326807; gradient 2.25; right" in spoken
    assert "n, a leaf; data 2.25; gradient 0.326807; right" in spoken


def test_everything_that_tells_can_be_reached_with_the_keyboard():
    root = drawn(shared_case())
    for each in of_class(root, "node") + of_class(root, "edge"):
        assert (each.get("tabindex"), each.get("role")) == ("0", "img")
        assert each.get("aria-label")


def test_an_edge_shows_the_chain_rule_at_work():
    case = tanh_case()
    (edge,) = of_class(drawn(case), "edge")
    upstream, local = case.nodes[1].right_grad, case.nodes[1].local[0]
    told = " ".join(texts(edge))
    assert f"local derivative ∂b/∂a = {local:.6g}" in told
    assert f"{upstream} × {local:.6g} = {case.nodes[0].right_grad:.6g}" in told


def test_the_shares_add_up_to_the_right_gradient():
    case = shared_case()
    for number, node in enumerate(case.nodes[:-1]):
        shares = [
            float(share_of(case, user, place)[2])
            for user, each in enumerate(case.nodes)
            for place, operand in enumerate(each.operands)
            if operand == number
        ]
        assert sum(shares) == pytest.approx(node.right_grad, rel=1e-4)


def test_tips_stay_inside_the_picture():
    for case in (shared_case(), tanh_case(), neuron_case()):
        root = drawn(case)
        (everything,) = of_class(root, "all")
        shift = _moved(everything)
        for tip in of_class(root, "tip"):
            x, y = (a + b for a, b in zip(_moved(tip), shift, strict=True))
            rect = tip.find(f"{SVG}rect")
            assert x >= 0 and x + float(rect.get("width")) <= float(root.get("width"))
            assert y >= 0 and y + float(rect.get("height")) <= float(root.get("height"))


def _moved(element):
    return tuple(map(float, re.findall(r"-?[\d.]+", element.get("transform"))))


def test_ids_are_unique_to_the_picture():
    ids = [each.get("id") for name in "gh" for each in drawn(shared_case(), name).iter()]
    ids = [each for each in ids if each]
    assert len(ids) == len(set(ids)) == 6


def test_text_of_a_submission_is_no_markup():
    bad = '"/><script>alert(1)</script>\u202e'
    case = shared_case()
    nodes = tuple(
        replace(each, name=bad, data=bad, grad=bad, operator=each.operator and bad, state="wrong")
        for each in case.nodes
    )
    text = graph_svg(replace(case, nodes=nodes, judge=bad), "g")
    assert "<script" not in text and "\u202e" not in text
    ElementTree.fromstring(text)


def test_a_case_without_nodes_or_with_very_many_has_no_picture():
    case = shared_case()
    assert graph_svg(replace(case, nodes=()), "g") == ""
    leaf = Node("a", "", (), 1.0, 1.0, 1.0, 1.0, (), "right")
    assert graph_svg(replace(case, nodes=(leaf,) * 81), "g") == ""
    assert len(of_class(drawn(replace(case, nodes=(leaf,))), "node")) == 1


def test_operands_that_can_not_be_are_not_drawn():
    node = Node("a", "+", (0, 7, -1), 1.0, 1.0, 1.0, 1.0, (1.0, 1.0), "right")
    root = drawn(Case("", "", 0, 0, "PyTorch", (node,)))
    assert of_class(root, "edge") == []


def test_numbers_have_as_many_digits_as_tell_them_apart():
    assert both(1.0, 2.0) == ("1.0", "2.0")
    assert both(0.123456781, 0.123456789) == ("0.12345678", "0.12345679")
    assert both(None, 1.0) == ("–", "1.0")
    assert both("nan", float("inf")) == ("nan", "inf")
    assert figure("x" * 99).endswith("…") and len(figure("x" * 99)) == 24
    assert alike(1.0, 1.0 + 1e-9) and not alike(1.0, 1.001) and alike(math.nan, math.nan)
    assert not alike(math.nan, 1.0) and not alike(None, 1.0) and not alike(10**400, 1.0)
