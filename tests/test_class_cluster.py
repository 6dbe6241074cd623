"""The same class on a dask cluster of separate processes: results as local, whatever is lost."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from grader.classroom import cluster as clusters
from grader.classroom import crew as crews
from grader.classroom.cluster import ClusterCrew, cluster_crew
from grader.classroom.crew import CrewGone, mark_all
from grader.classroom.handins import Work
from grader.classroom.marking import Marked, Setup
from grader.errors import InfrastructureError, UsageError
from tests.classes import contents, small_class, stored
from tests.clusters import Cluster

pytest.importorskip("distributed", reason="dask.distributed is not installed")
HOW_MANY = 24


def deadly(setup, work):
    """Stands in for the grader: some work ends the worker."""
    if work.name == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return Marked(work.digest, "graded")


def works(*names):
    return [Work(each, (("mg1_derivatives.py", f"# {each}\n".encode()),)) for each in names]


def test_work_that_ends_every_worker_is_named_and_the_rest_is_done():
    """Each of dask's own tries costs a worker, which is started anew."""
    import dask

    names = ("a", "b", "poison", "c", "d", "e")
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}):
        with cluster_crew("local:2") as crew:
            marked = mark_all(crew, Setup(1), works(*names), deadly)
            found = {work.name: each for work, each in marked}
    assert {*found} == {*names}
    assert [name for name, each in found.items() if each.outcome != "graded"] == ["poison"]
    assert "ended the grader's process 2 times" in found["poison"].message


@pytest.fixture(scope="module")
def hall(tmp_path_factory):
    return small_class(tmp_path_factory.mktemp("cluster") / "hall", HOW_MANY)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, cache):
    with Cluster(tmp_path_factory.mktemp("dask"), cache=cache.parent / "xdg") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def local(hall, tmp_path_factory, cache):
    """The gradebook of a run on this machine."""
    path = tmp_path_factory.mktemp("local") / "book.sqlite"
    assert begun(hall, path, cache).wait() == 0
    return contents(path)


def begun(hall, path, cache, *more):
    """A run, just started."""
    return subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", str(hall), "--gradebook", str(path),
         "--lesson", "mg1", "--quiet", *more],
        env={**os.environ, "XDG_CACHE_HOME": str(cache.parent / "xdg")},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def once_stored(count, path, run):
    """Wait until so many have their result."""
    while stored(path)[0] < count and run.poll() is None:
        time.sleep(0.01)


def test_a_killed_worker_changes_nothing(cluster, local, hall, tmp_path, cache):
    path = tmp_path / "book.sqlite"
    run = begun(hall, path, cache, "--scheduler", cluster.address)
    once_stored(1, path, run)
    still = run.poll() is None
    cluster.kill("worker 0")
    _, said = run.communicate()
    assert (run.returncode, said, still) == (0, "", True)
    assert stored(path) == (HOW_MANY, HOW_MANY)
    assert contents(path) == local


def test_without_a_scheduler_it_ends_in_a_line_and_goes_on_later(
    cluster, local, hall, tmp_path, cache
):
    """After the test above, with one worker left."""
    path = tmp_path / "book.sqlite"
    run = begun(hall, path, cache, "--scheduler", cluster.address)
    once_stored(1, path, run)
    cluster.kill("scheduler")
    _, said = run.communicate()
    assert run.returncode == 3 and said.count("\n") == 1
    assert f"the dask scheduler at {cluster.address} is gone" in said
    kept = stored(path)[0]
    assert 1 <= kept < HOW_MANY
    after = begun(hall, path, cache)
    told, _ = after.communicate()
    assert after.returncode == 0 and f"{kept} kept from before" in told
    assert stored(path) == (HOW_MANY, HOW_MANY)
    assert contents(path) == local


def test_a_cluster_without_workers_is_waited_for_a_while(monkeypatch):
    """Schedulers of jobs start new ones; here nobody does."""
    monkeypatch.setattr(crews, "ROLL_CALL", 0.01)
    monkeypatch.setattr(clusters, "WORKERLESS_SECONDS", 0.03)
    silent = SimpleNamespace(add_done_callback=lambda callback: None)
    client = SimpleNamespace(nthreads=dict, status="running", submit=lambda *a, **k: silent)
    crew = ClusterCrew(client, "tcp://h:1")
    with pytest.raises(CrewGone, match=r"has no worker left; start some with: dask worker"):
        list(mark_all(crew, Setup(1), works("a"), deadly))


def test_what_can_not_be_used_is_told(monkeypatch):
    for given in ("local:many", "tcp://127.0.0.1:1"):
        monkeypatch.setattr("grader.classroom.cluster.CONNECT_SECONDS", 0.5)
        with pytest.raises(UsageError, match=r"local:4|no dask scheduler"), cluster_crew(given):
            pass


def test_a_worker_of_another_version_is_refused(monkeypatch):
    own = clusters.versions()
    monkeypatch.setattr(clusters, "versions", lambda: own)

    class Client:
        def run(self, function):
            return {"tcp://w": replace(own, torch="1.0")}

    with pytest.raises(InfrastructureError, match=r"another version of torch: 1\.0 there"):
        clusters._agree(Client())
