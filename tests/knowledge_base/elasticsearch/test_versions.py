"""Indexes are made once, sealed, named in one step, and go when they are old."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from knowledge_base.elasticsearch import versions as module
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.elasticsearch.versions import Version, Versions
from knowledge_base.search import Filters, Record
from tests.knowledge_base.elasticsearch.conftest import indexes, silent, version

pytestmark = pytest.mark.elasticsearch

VECTORS = np.eye(8, dtype=np.float32)


def record(name, title="免税", row=0, **values):
    return Record(name, [title], ["规定"], VECTORS[row : row + 1], **values)


def never():
    raise AssertionError("all records were asked for")


@pytest.fixture
def found(client, alias):
    """Ids with their title scores in the index of a version."""

    def run(wanted, said="免税"):
        cluster = Cluster(client, alias, 30.0)
        hits = cluster.search(cluster.versions.name(wanted), [said], VECTORS[0], Filters(None))
        return {hit.entry_id for hit in hits.bm25}, {hit.entry_id for hit in hits.vector}

    return run


def test_a_version_that_is_there_is_not_made_again(client, alias, versions, found):
    wanted = version("a1", [record("one"), record("two", "申报")])
    versions.ensure(wanted, silent)
    Versions(client, alias).ensure(Version(wanted.key, 8, never), silent)
    assert indexes(client, alias) == [versions.name(wanted)]
    assert list(client.indices.get_alias(name=alias).keys()) == [versions.name(wanted)]
    assert found(wanted) == ({"one"}, {"one", "two"})


def test_two_that_make_the_same_at_once_do_no_harm(client, alias, found):
    wanted = version("b1", [record(f"e{n}") for n in range(300)])
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(Versions(client, alias).ensure, wanted, silent) for _ in range(2)]
    for each in made:
        each.result()
    [name] = indexes(client, alias)
    assert client.count(index=name)["count"] == 300
    assert Versions(client, alias).sealed(name)


def test_what_a_dead_process_began_is_completed(client, alias, versions, monkeypatch, found):
    monkeypatch.setattr(module, "STALLED_SECONDS", 0.5)
    records = [record("one"), record("two", row=1)]
    wanted = version("c1", records)

    class Killed(Exception):
        pass

    def die(done, of):
        if done:
            raise Killed

    with pytest.raises(Killed):
        versions.ensure(version("c1", [records[0], record("stranger")]), die)
    assert not versions.sealed(versions.name(wanted))
    versions.ensure(wanted, silent)
    assert found(wanted) == ({"one", "two"}, {"one", "two"})


def test_an_update_copies_its_base_and_writes_what_differs(client, alias, versions, found):
    base = version("d1", [record("one"), record("two"), record("three")])
    versions.ensure(base, silent)
    steps = []
    changed = [record("two", "申报"), record("four")]
    update = Version("d1-1", 8, never, base, changed, ["three"])
    versions.ensure(update, lambda done, of: steps.append((done, of)))
    assert steps[-1] == (3, 3)
    assert found(update)[0] == {"one", "four"}
    assert found(update, "申报")[0] == {"two"}
    assert found(update)[1] == {"one", "two", "four"}
    assert found(base)[0] == {"one", "two", "three"}, "its base stays as it was"
    assert list(client.indices.get_alias(name=alias).keys()) == [versions.name(update)]


def test_another_build_writes_only_what_is_new_and_deletes_what_is_gone(versions, found):
    versions.ensure(version("e1", [record(f"e{n}") for n in range(50)]), silent)
    steps = []
    changed = version("e2", [record(f"e{n}", "申报" if n == 7 else "免税") for n in range(49)])
    versions.ensure(changed, lambda done, of: steps.append((done, of)))
    assert steps[-1] == (2, 2)
    assert found(changed, "申报")[0] == {"e7"}
    assert found(changed)[0] == {f"e{n}" for n in range(49)} - {"e7"}
    other = version("e3", [Record("a", ["免税"], [], np.eye(4, dtype=np.float32))], 4)
    versions.ensure(other, silent)  # vectors of another length: nothing of it can be kept


def test_old_versions_go_and_strangers_stay(client, alias, versions, monkeypatch):
    client.indices.create(index=f"{alias}-v1-notes.of.somebody")
    monkeypatch.setattr(module, "KEPT", 2)
    made = [version(f"f{n}", [record("one", row=n)]) for n in range(3)]
    for each in made:
        versions.ensure(each, silent)
    kept = [versions.name(each) for each in made[1:]]
    assert indexes(client, alias) == [*kept, f"{alias}-v1-notes.of.somebody"]
    begun = f"{alias}-v1-beef"
    client.indices.create(index=begun)
    versions.ensure(made[-1], silent)
    assert begun in indexes(client, alias), "somebody may be making it"
    monkeypatch.setattr(module, "FORGOTTEN_SECONDS", -60)
    versions.ensure(made[-1], silent)
    assert begun not in indexes(client, alias)


def test_an_index_deleted_while_it_is_made_is_not_left_half(client, alias, versions):
    wanted = version("a9", [record(f"e{n}") for n in range(3)])

    def deleted(done, of):
        if done == 0:
            client.indices.delete(index=versions.name(wanted))

    with pytest.raises(module.IndexLost):
        versions.ensure(wanted, deleted)
    assert indexes(client, alias) == []
