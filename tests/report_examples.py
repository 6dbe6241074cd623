"""Reports made by hand for the tests of rendering."""

import math
from dataclasses import replace

from grader import scoring
from grader.course import load_course
from grader.model import (
    Boundary,
    CheckResult,
    ConceptResult,
    Curve,
    Diagnosis,
    Isolation,
    Outcome,
    Place,
    Report,
)
from tests.graph_examples import neuron_case, shared_case, tanh_case

TITLES = {
    "mg1": "Derivatives",
    "mg2": "Chain Rule",
    "mg3": "Backpropagation",
    "mg4": "Activation",
    "mg5": "PyTorch",
    "mg6": "Gradient Descent",
    "mg7": "Final",
    "mg8": "Challenge",
}


def curve():
    """A loss that falls, climbs and stays; PyTorch's falls."""
    yours = [4.1 * math.exp(-0.35 * step) + 0.09 * max(0, step - 7) ** 1.3 for step in range(30)]
    return Curve(tuple(yours), tuple(4.1 * math.exp(-0.22 * step) + 0.02 for step in range(30)))


def boundary(columns=36, rows=28):
    """Two moons; the student's line is nearly straight."""
    left, right, bottom, top = -1.6, 2.6, -1.2, 1.7

    def plane(score):
        return tuple(
            score(
                left + (right - left) * column / (columns - 1),
                top - (top - bottom) * row / (rows - 1),
            )
            for row in range(rows)
            for column in range(columns)
        )

    points = []
    for number in range(30):
        angle = math.pi * number / 29
        noise = 0.11 * math.sin(37 * number), 0.11 * math.cos(53 * number)
        points.append((math.cos(angle) + noise[0], math.sin(angle) + noise[1], 1))
        points.append((1 - math.cos(angle) + noise[1], 0.5 - math.sin(angle) - noise[0], -1))
    return Boundary(
        left,
        right,
        bottom,
        top,
        columns,
        plane(lambda x, y: y - 0.25 + 0.12 * x),
        plane(lambda x, y: y - 0.25 - 0.75 * math.sin(3.0 * (x - 0.5) + math.pi)),
        tuple(points),
    )


def check(concept, outcome=Outcome.PASSED, name="a number", **more):
    """One result of a concept's check."""
    name = name.replace(" ", "_")
    return CheckResult(f"test_{concept[:3]}_topic::test_{name}", concept, outcome, **more)


def differs(concept, shown, actual, expected, program, name="of a result"):
    """A number that PyTorch contradicts."""
    return check(
        concept,
        Outcome.FAILED,
        name,
        message=f"{shown} is {actual:.6g}, PyTorch says {expected:.6g}",
        program=program,
        shown=shown,
        actual=actual,
        expected=expected,
    )


def report(changes, **more):
    """A report on the whole course: `changes` gives what to replace in a concept, by its id; its
    checks decide the score. All others are still to be written."""
    concepts = []
    for each in load_course().concepts:
        todo = check(each.id, Outcome.TODO, message=f"{each.id} is still to be written")
        change = dict(changes.get(each.id, {}))
        checks = change.pop("checks", (todo,))
        lesson = each.id.partition(".")[0]
        concepts.append(
            ConceptResult(
                id=each.id,
                lesson=lesson,
                title=each.title,
                state=scoring.state_of(checks),
                earned=scoring.earned(checks, each.points),
                possible=scoring.counted(checks, each.points),
                bonus=lesson == "mg8",
                carried=any(one.carried for one in checks),
                checks=checks,
                **change,
            )
        )
    return replace(on(concepts), **more)


def on(concepts):
    """A report on these concepts, with the totals that they add up to."""
    score, max_score, bonus, max_bonus = scoring.totals(concepts)
    return Report(
        course="micrograd, by hand",
        course_version="1.0",
        grader_version="0.1.0",
        seed=1986,
        isolation=Isolation("reduced", ("landlock",)),
        submission="exercises",
        concepts=tuple(concepts),
        score=score,
        max_score=max_score,
        bonus=bonus,
        max_bonus=max_bonus,
        complete=scoring.is_complete(concepts),
        started="2024-05-06T21:14:03+00:00",
        seconds=0.62,
    )


def half_done():
    """Five lessons in: three known mistakes, an exception, a training that goes astray."""
    passed = {
        each.id: {"checks": (check(each.id), check(each.id, name="again"))}
        for each in load_course().concepts
        if each.id < "mg5" or each.id in ("mg5.neuron", "mg7.zero-grad", "mg8.log")
    }
    tanh, product, neuron = tanh_case(), shared_case(), neuron_case()
    place = Place("mg3_backpropagation.py", 59, "tanh")
    return report(
        passed
        | {
            "mg3.tanh-backward": {
                "checks": (
                    differs(
                        "mg3.tanh-backward",
                        "a.grad",
                        -0.846545,
                        -0.8536174,
                        "a = Value(-0.33)\nb = a.tanh()\nb.grad = -0.95; b._backward()",
                    ),
                    differs(
                        "mg3.tanh-backward",
                        "a.grad",
                        1.234567,
                        0.8324181,
                        "a = Value(0.62)\nb = (a * 1.4).tanh()\nb.grad = 1.1; b._backward()",
                        "of a product",
                    ),
                ),
                "place": place,
                "diagnosis": Diagnosis(
                    sentence="tanh’s local derivative was computed from its input, where it needs "
                    "its output.",
                    mistake="tanh-derivative-of-input",
                    operator="tanh",
                    node="a",
                    file=place.file,
                    line=59,
                    think="The slope of tanh is known once you know how high the curve already is. "
                    "Which of your two numbers is the height, and which is the place on the axis?",
                    case=tanh,
                ),
            },
            "mg3.backward": {
                "checks": (
                    check("mg3.backward"),
                    differs(
                        "mg3.backward",
                        "w1.grad",
                        neuron.actual,
                        neuron.expected,
                        neuron.program,
                        "of a neuron",
                    ),
                ),
                "diagnosis": Diagnosis(
                    sentence="A product’s step back was taken before its gradient was complete.",
                    operator="*",
                    node="x1",
                    file="mg3_backpropagation.py",
                    line=102,
                    think="A Value may hand its gradient on once all that use it have handed it "
                    "theirs. In which order does your list visit them?",
                    ties=("visited-local-to-each-call", "order-not-reversed"),
                    case=neuron,
                ),
            },
            "mg4.accumulate": {
                "checks": (
                    check("mg4.accumulate"),
                    differs(
                        "mg4.accumulate",
                        "a.grad",
                        product.actual,
                        product.expected,
                        product.program,
                        "when one value is used twice",
                    ),
                    check("mg4.accumulate", name="of a diamond"),
                ),
                "diagnosis": Diagnosis(
                    sentence="The product overwrites the gradient of its operands where it should "
                    "add to it.",
                    mistake="mul-assigns",
                    operator="*",
                    node="g",
                    file="mg3_backpropagation.py",
                    line=41,
                    think="A Value that is used twice has two ways to move the result, and both "
                    "count. What is left of the first share when the second one arrives?",
                    facts=(
                        "In line 41 of mg3_backpropagation.py a gradient is set with =.",
                        "The plus of the same file adds with +=.",
                    ),
                    case=product,
                ),
            },
            "mg4.relu": {
                "checks": (
                    check(
                        "mg4.relu",
                        Outcome.ERROR,
                        "of a negative number",
                        message="AttributeError: 'Value' object has no attribute 'dta'",
                        program="a = Value(-0.5)\nb = a.relu()",
                        place=Place(
                            "mg4_activation.py",
                            188,
                            "relu",
                            text="out = Value(max(0, self.dta), (self,), 'relu')",
                        ),
                        output="entering relu\nself is Value(-0.5)",
                    ),
                ),
            },
            "mg4.sub": {"checks": (check("mg4.sub", carried=True),)},
            "mg7.train": {
                "checks": (
                    check("mg7.train"),
                    check(
                        "mg7.train",
                        Outcome.FAILED,
                        "losses",
                        message="losses[9] is 0.41, PyTorch says 0.59",
                        program="model = MLP(3, [4, 4, 1])\nlosses = train(model, xs, ys, 30)",
                        shown="losses[9]",
                        actual=0.411,
                        expected=0.587,
                    ),
                ),
                "diagnosis": Diagnosis(
                    sentence="Each step still carries the gradients of the steps before it.",
                    mistake="no-zero-grad",
                    think="What is in .grad when the second step begins, and who put it there?",
                    file="mg7_final.py",
                    line=31,
                ),
                "curve": curve(),
            },
            "mg8.moons": {
                "checks": (
                    check("mg8.moons"),
                    check(
                        "mg8.moons",
                        Outcome.FAILED,
                        "accuracy",
                        message="accuracy is 0.85, which is under 0.95",
                        program="model = train_classifier(points, labels)",
                        shown="accuracy",
                        actual=0.85,
                    ),
                ),
                "curve": Curve(
                    tuple(1.1 * math.exp(-0.02 * step) for step in range(60)),
                    tuple(1.1 * math.exp(-0.12 * step) + 0.004 for step in range(60)),
                ),
                "boundary": boundary(),
            },
        },
        notes=("mg2_chain_rule.ipynb: cell 7 raised NameError and was passed over",),
    )


def full_marks():
    """Everything right, the training's pictures with it."""
    falling = curve().expected
    return report(
        {
            each.id: {
                "checks": (check(each.id),),
                "curve": Curve(falling, falling) if each.id == "mg7.train" else None,
            }
            for each in load_course().concepts
        }
    )


def does_not_load():
    """One lesson raises while it is imported: all of its concepts wait for that."""
    fault = {
        "message": "SyntaxError: '(' was never closed",
        "place": Place("mg3_backpropagation.py", 12, text="t = math.tanh(self.data"),
    }
    return report(
        {
            each.id: {"checks": (check(each.id, Outcome.ERROR, **fault),)}
            for each in load_course().concepts
            if each.id.startswith("mg3")
        }
    )


def hostile(text):
    """`text` everywhere that a submission can write to."""
    case = replace(shared_case(), program=text, shown=text)
    drawn = tuple(replace(each, name=text, operator=each.operator and text) for each in case.nodes)
    drawn = (replace(drawn[0], data=text, grad=text, state="wrong"), *drawn[1:])
    wrong = check(
        "mg4.accumulate",
        Outcome.FAILED,
        message=text,
        program=text,
        shown=text,
        actual=text,
        expected=1.0,
        place=Place(text, 3, text, text=text),
        output=text,
    )
    return report(
        {
            "mg4.accumulate": {
                "checks": (wrong, replace(wrong, message=f"PyTorch says {text}")),
                "place": Place(text, 3, text, text=text),
                "diagnosis": Diagnosis(
                    sentence=text,
                    think=text,
                    ties=(text,),
                    facts=(text,),
                    file=text,
                    line=3,
                    case=replace(case, nodes=drawn, judge=text),
                ),
            },
            "mg3.tanh": {"checks": (replace(wrong, concept="mg3.tanh"),)},
        },
        submission=text,
        notes=(text,),
    )


def untouched():
    """All still to be written."""
    place = Place("mg1_derivatives.py", 62, "parabola_slope")
    return report({"mg1.slope": {"place": place}})


def ended(outcome, message):
    """One check of one concept ended like this, with its program; the rest is untouched."""
    program = "a = Value(0.5)\nb = a.tanh()"
    return report(
        {
            "mg3.tanh": {
                "checks": (
                    check("mg3.tanh"),
                    check("mg3.tanh", outcome, "again", message=message, program=program),
                ),
                "place": Place("mg3_backpropagation.py", 33, "tanh"),
            }
        }
    )


def timeout():
    """One check hung."""
    return ended(Outcome.TIMEOUT, "took too long and was stopped")


def crash():
    """One check ended the process."""
    return ended(Outcome.CRASHED, "ended the Python process")


def graders_fault():
    """The grader failed on one check of a concept, and on all of another."""
    message = "the check itself is broken: x"
    broken = {"message": message, "outcome": Outcome.INFRASTRUCTURE}
    return report(
        {
            "mg3.tanh": {"checks": (check("mg3.tanh"), check("mg3.tanh", **broken))},
            "mg3.by-hand": {"checks": (check("mg3.by-hand", **broken),)},
        }
    )


def interrupted():
    """Stopped after the third lesson."""
    left = {
        each.id: {"checks": (check(each.id, Outcome.NOT_RUN, message="grading was stopped"),)}
        for each in load_course().concepts
        if each.id >= "mg4"
    }
    done = {
        each.id: {"checks": (check(each.id),)}
        for each in load_course().concepts
        if each.id < "mg3.tanh-backward"
    }
    return report(done | left, interrupted=True)
