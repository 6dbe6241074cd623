"""The same class on a dask cluster of separate processes: results as local, a worker killed."""

import os
import signal
import time

import pytest

from grader.classroom.cluster import cluster_crew
from grader.classroom.crew import mark_all
from grader.classroom.handins import Work
from grader.classroom.marking import Marked, Setup, mark
from grader.errors import InfrastructureError, UsageError

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
WORK = "def parabola_slope(x):\n    return 6 * x - 4\n"


def slow(setup, work):
    """Stands in for the grader; says where it ran."""
    time.sleep(0.05)
    return Marked(work.digest, "graded", str(os.getpid()))


def works(count):
    return [
        Work(f"s{n}", (("mg1_derivatives.py", f"{WORK}# {n}\n".encode()),)) for n in range(count)
    ]


def test_a_killed_workers_work_is_done_by_another(tmp_path):
    with cluster_crew("local:2") as crew:
        found = {}
        for work, marked in mark_all(crew, Setup(1), works(30), slow):
            found[work.name] = marked
            if len(found) == 8:
                os.kill(int(marked.message), signal.SIGKILL)
        assert len(found) == 30 and {each.outcome for each in found.values()} == {"graded"}
        # The real grader there gives what it gives here.
        setup = Setup(1, ("mg1",), cache=str(tmp_path / "there"))
        (there,) = [marked for _, marked in mark_all(crew, setup, works(1), mark)]
    assert there.outcome == "graded" and there.report


def test_what_can_not_be_used_is_told(monkeypatch):
    for given in ("local:many", "tcp://127.0.0.1:1"):
        monkeypatch.setattr("grader.classroom.cluster.CONNECT_SECONDS", 0.5)
        with pytest.raises(UsageError, match=r"local:4|no dask scheduler"), cluster_crew(given):
            pass


def test_a_worker_of_another_version_is_refused(monkeypatch):
    from grader.classroom import cluster

    own = cluster.versions()
    monkeypatch.setattr(cluster, "versions", lambda: own)

    class Client:
        def run(self, function):
            from dataclasses import replace

            return {"tcp://w": replace(own, torch="1.0")}

    with pytest.raises(InfrastructureError, match=r"another version of torch: 1\.0 there"):
        cluster._agree(Client())
