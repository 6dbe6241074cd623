"""A graduation for the tests of its page, with names that are hard to set."""

from datetime import date

from grader.model import Boundary, Curve
from grader.render.graduation import Achievement

LONG = "a_helper_with_a_name_that_goes_on_and_on_and_on_until_no_line_of_a_telephone_can_hold_it"
PLANE = Boundary(
    -1.0, 1.0, -1.0, 1.0, 3, (1.0, 0.5, -1.0) * 3, (), ((-0.5, 0.5, 1), (0.7, -0.4, -1))
)
ACHIEVEMENT = Achievement(
    course="micrograd, by hand",
    score=100.0,
    max_score=100,
    bonus=20.0,
    day=date(2026, 11, 24),
    lines={"engine": 97, "nn": 60},
    outline={
        "engine.py": (("Value", ("__init__", "__add__", "__radd__", "tanh", LONG)), ("trace", ())),
        "nn.py": (("<script>alert(1)</script>", ("__call__",)), (LONG, ())),
    },
    curve=Curve((47.1, 20.0, 15.0, 8.0, 1.4), ()),
    boundary=PLANE,
    right=2,
    parameters=33,
    folder="my-micrograd",
)
