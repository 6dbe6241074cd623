"""Training as pictures: points where the axes say, lines told apart without their colour."""

import math
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from grader.model import Boundary, Curve
from grader.render.plots import boundary_svg, curve_sentence, curve_svg, ticks
from tests.report_examples import boundary, curve
from tests.test_svg import SVG, of_class, parsed, texts


def test_both_curves_are_named_at_their_ends_and_told_apart_without_colour():
    root = parsed(curve_svg(curve(), "c"))
    assert {each.text for each in of_class(root, "end")} == {"yours", "PyTorch"}
    assert len(of_class(root, "curve")) == 2 and of_class(root, "bead")
    assert root.find(f"{SVG}title").text == "Loss after each step"
    assert root.find(f"{SVG}desc").text == curve_sentence(curve())


def test_names_of_curves_that_end_together_do_not_overlap():
    root = parsed(curve_svg(Curve((3.0, 2.0, 1.0), (3.0, 2.0, 1.0)), "c"))
    one, other = (float(each.get("y")) for each in of_class(root, "end"))
    assert abs(one - other) >= 14


def test_points_of_a_curve_are_where_the_axes_say():
    root = parsed(curve_svg(Curve((4.0, 2.0, 0.0), (4.0, 1.0, 0.0)), "c"))
    heights = {each.text: float(each.get("y")) - 4 for each in of_class(root, "y")}
    (mine,) = (each.get("d") for each in of_class(root, "curve") if "yours" in each.get("class"))
    ys = [float(point.split()[1]) for point in re.split("[ML]", mine)[1:]]
    assert ys == pytest.approx([heights["4"], heights["2"], heights["0"]], abs=0.11)
    assert heights["4"] < heights["2"] < heights["0"]  # from the top


def test_losses_over_many_magnitudes_get_a_logarithmic_axis():
    root = parsed(curve_svg(Curve((100.0, 1.0, 0.01), (100.0, 1.0, 0.01)), "c"))
    assert any(text == "loss (logarithmic)" for text in texts(root))
    heights = [float(each.get("y")) for each in of_class(root, "y")]
    steps = [one - other for one, other in pairwise(heights)]
    assert steps == pytest.approx([steps[0]] * len(steps), abs=0.2)


def test_a_loss_that_is_no_number_breaks_the_line():
    root = parsed(curve_svg(Curve((1.0, math.nan, 2.0, math.inf), (1.0, 0.5)), "c"))
    assert sum("yours" in each.get("class") for each in of_class(root, "curve")) == 2
    assert curve_svg(Curve((math.nan,), ()), "c") == "" == curve_svg(Curve((), ()), "c")
    assert curve_svg(Curve((2.0,), (2.0,)), "c")


@pytest.mark.parametrize(
    "losses",
    [(0.0, 0.0), (-2.0, -2.0), (1e308, 1e-320), (-1e299, -1e299), (1e299, 1e-299), (5.0,)],
)
def test_whatever_the_losses_are_the_curve_stays_on_its_paper(losses):
    text = curve_svg(Curve(losses, losses), "c")
    assert "nan" not in text and "inf" not in text
    for curve_line in of_class(parsed(text), "curve"):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", curve_line.get("d"))]
        assert all(0 <= each <= 420 for each in numbers)


def test_points_off_the_plane_are_left_out():
    plane = replace(level(0.0), points=((0.0, 0.5, 1), (9.0, 0.0, 1), (math.nan, 0.0, -1)))
    root = parsed(boundary_svg(plane, "b", yours=True))
    assert len(of_class(root, "point")) == 1
    assert root.find(f"{SVG}desc").text.startswith("1 of 1 points")
    assert boundary_svg(replace(plane, right=-1), "b", yours=True) == ""


def test_ticks_are_round_and_inside():
    assert ticks(0.0, 4.1) == [0, 1, 2, 3, 4]
    assert ticks(0.0, 29) == [0, 5, 10, 15, 20, 25]
    assert ticks(3.0, 3.0) == [3.0]


def level(height, columns=5, rows=5):
    """A plane from -1 to 1 that is positive above `height`."""
    scores = tuple(1 - 2 * row / (rows - 1) - height for row in range(rows) for _ in range(columns))
    return Boundary(-1, 1, -1, 1, columns, scores, scores, ((0.0, 0.5, 1), (0.0, -0.5, -1)))


@pytest.mark.parametrize("height", [-0.6, 0.1, 0.33])
def test_the_boundary_lies_where_the_score_is_nought(height):
    root = parsed(boundary_svg(level(height), "b", yours=True))
    (line,) = (each for each in of_class(root, "border") if "yours" in each.get("class"))
    (frame,) = of_class(root, "frame")
    top, high = float(frame.get("y")), float(frame.get("height"))
    heights = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", line.get("d"))]
    assert heights == pytest.approx([top + high * (1 - height) / 2] * len(heights), abs=0.1)


def test_the_first_row_of_scores_is_the_top_one():
    root = parsed(boundary_svg(level(0.5), "b", yours=True))
    (area,) = of_class(root, "plus")
    (frame,) = of_class(root, "frame")
    heights = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", area.get("d"))]
    assert min(heights) == float(frame.get("y"))
    assert max(heights) < float(frame.get("y")) + float(frame.get("height")) / 2


def test_points_are_told_apart_by_their_shape():
    root = parsed(boundary_svg(boundary(), "b", yours=False))
    shapes = {each.tag for each in of_class(root, "point")}
    assert shapes == {f"{SVG}circle", f"{SVG}path"}


def test_points_lie_where_their_coordinates_say():
    root = parsed(boundary_svg(level(0.0), "b", yours=True))
    (frame,) = of_class(root, "frame")
    left, top, wide, high = (float(frame.get(each)) for each in ("x", "y", "width", "height"))
    (circle,) = (each for each in of_class(root, "point") if each.tag == f"{SVG}circle")
    assert float(circle.get("cx")) == pytest.approx(left + wide / 2, abs=0.1)
    assert float(circle.get("cy")) == pytest.approx(top + high / 4, abs=0.1)


def test_all_points_of_the_plane_are_drawn():
    root = parsed(boundary_svg(boundary(), "b", yours=False))
    assert len(of_class(root, "point")) == 60


def test_only_yours_has_the_other_line_laid_on_it():
    assert of_class(parsed(boundary_svg(boundary(), "b", yours=True)), "other")
    assert not of_class(parsed(boundary_svg(boundary(), "b", yours=False)), "other")


def test_a_plane_says_how_many_points_it_gets_right():
    text = parsed(boundary_svg(level(0.0), "b", yours=True)).find(f"{SVG}desc").text
    assert text.startswith("2 of 2 points")
    text = parsed(boundary_svg(level(0.7), "b", yours=True)).find(f"{SVG}desc").text
    assert text.startswith("1 of 2 points")


def test_scores_that_are_no_numbers_leave_a_hole():
    scores = (math.nan, *level(0.1).yours[1:])
    whole = parsed(boundary_svg(level(0.1), "b", yours=True))
    root = parsed(boundary_svg(replace(level(0.1), yours=scores), "b", yours=True))
    areas = [of_class(each, "plus")[0].get("d").count("z") for each in (root, whole)]
    assert areas[0] == areas[1] - 1
    assert boundary_svg(replace(level(0.1), yours=(1.0,)), "b", yours=True) == ""
