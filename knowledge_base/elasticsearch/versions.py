"""Versions of the index in the cluster: made beside the others, sealed, then named by the alias.

An index is made once, by its name, and then sealed: a block on writes says that it is complete,
and it never changes again. A changed collection gets a new one, which begins as a copy of another
(hard links, no data moves) and gets what differs. So an alias moves at once, nobody ever reads half
a version, and two processes that make the same one write the same documents under the same ids.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import structlog
from elasticsearch import BadRequestError, Elasticsearch, NotFoundError
from elasticsearch.helpers import scan, streaming_bulk

from knowledge_base.elasticsearch.documents import EXACT, FORMAT, digest, document, mapping
from knowledge_base.search import Record

log = structlog.get_logger()

Progress = Callable[[int, int], None]
"""Is told how many documents are stored, and of how many."""

KEPT = 3
"""Sealed indexes that stay: that of the alias, the one before, and one for a server of another
release or with other settings."""
FORGOTTEN_SECONDS = 3600
"""After so long an index that is not sealed belongs to nobody."""
STALLED_SECONDS = 20.0
"""An index of another process that does not grow for so long is completed by us."""
PATIENCE = 120.0
_CHUNK, _CHUNK_BYTES = 200, 8_000_000
_MERGE_SECONDS = 3600.0
_SCANNED = 2000
_LOOK_SECONDS = 0.1
_BUILDING = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": "-1"}
_COPIED = {
    "index.blocks.write": None,
    "index.auto_expand_replicas": False,
    "index.number_of_replicas": 0,
}
_SEALED = {"index.blocks.write": True, "index.auto_expand_replicas": "0-1"}


class IndexLost(Exception):
    """The cluster did not keep an index, or not all of it, while it was made; try again."""


@dataclass(frozen=True)
class Version:
    """One version of the collection.

    Attributes:
        key: lower-case letters, digits and hyphens; the same for the same records.
        dimension: length of a vector.
        records: all of them; asked for only when they are needed, which may take long.
        base: another version, of which this one is an update.
        changed: what the update puts.
        removed: ids of what it removes.
    """

    key: str
    dimension: int
    records: Callable[[], Sequence[Record]]
    base: "Version | None" = None
    changed: Sequence[Record] = field(default=(), repr=False)
    removed: Sequence[str] = ()


class Versions:
    """The indexes of one collection in a cluster.

    Args:
        client: with a long time for its requests.
        alias: names the current one; the indexes' names begin with it.
    """

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client.options(request_timeout=PATIENCE)
        self.alias = alias
        self._ours = re.compile(rf"{re.escape(alias)}-v\d+-[0-9a-f-]+")

    def name(self, version: Version) -> str:
        """Return the name of a version's index."""
        return f"{self.alias}-v{FORMAT}-{version.key}"

    def ensure(self, version: Version, progress: Progress) -> None:
        """Have the index of a version there, sealed and named by the alias; others go.

        Raises:
            IndexLost: it went away in the middle.
            elasticsearch.ApiError, elastic_transport.TransportError: the cluster cannot.
        """
        name = self.name(version)
        if not self.sealed(name):
            self._make_or_wait(name, version, progress)
        self._name(name)
        self._tidy(name)

    def sealed(self, name: str) -> bool:
        """Whether an index is there and complete."""
        return self._blocked(name) is True

    # -- making

    def _make_or_wait(self, name: str, version: Version, progress: Progress) -> None:
        try:
            self._make(name, version, progress)
        except Exception:
            if not self.sealed(name):  # else another process was quicker: it wrote the same
                raise

    def _make(self, name: str, version: Version, progress: Progress) -> None:
        base = version.base
        if base is not None and self.sealed(self.name(base)):
            if self._begin(name, source=self.name(base)) or self._wait(name):
                changed = {record.entry_id: record for record in version.changed}
                self._store(name, changed, version.removed, progress)
                self._seal(name)
            return
        records = {record.entry_id: record for record in version.records()}
        exact = sum(len(each.vectors) for each in records.values()) <= EXACT
        fields = mapping(version.dimension, exact=exact)
        source = self._alike(fields)
        if not (self._begin(name, source=source, fields=fields) or self._wait(name)):
            return
        there = self._digests(name)
        differ = {
            entry_id: record
            for entry_id, record in records.items()
            if there.get(entry_id) != digest(record)
        }
        self._store(name, differ, there.keys() - records.keys(), progress)
        if exact or source is None:  # one segment: quicker, and nothing that is gone counts in BM25
            self._client.options(request_timeout=_MERGE_SECONDS).indices.forcemerge(
                index=name, max_num_segments=1
            )
        self._seal(name)

    def _begin(
        self, name: str, *, source: str | None, fields: Mapping[str, Any] | None = None
    ) -> bool:
        """Make the index, as a copy of another one if there is one; False: it is there already."""
        try:
            if source is None:
                self._client.indices.create(
                    index=name, settings=_BUILDING, mappings=fields, wait_for_active_shards=1
                )
            else:
                self._client.indices.clone(
                    index=source, target=name, settings=_COPIED, wait_for_active_shards=1
                )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
            return False
        return True

    def _wait(self, name: str) -> bool:
        """Wait until another process has sealed an index; True: it seems to be gone, go on for it.

        Raises:
            IndexLost: nobody makes it any more.
        """
        size, since = -1, time.monotonic()
        while time.monotonic() - since < STALLED_SECONDS:
            blocked = self._blocked(name)
            if blocked is None:
                raise IndexLost(f"index {name} is gone that another process was making")
            if blocked:
                return False
            found = self._written(name)
            if found != size:
                size, since = found, time.monotonic()
            time.sleep(_LOOK_SECONDS)
        log.info("search_index_taken_over", index=name)
        return True

    def _store(
        self, name: str, records: Mapping[str, Record], gone: Collection[str], progress: Progress
    ) -> None:
        """Write and remove documents."""
        writes = (
            {"_op_type": "index", "_index": name, "_id": entry_id, "_source": document(record)}
            for entry_id, record in records.items()
        )
        deletes = ({"_op_type": "delete", "_index": name, "_id": each} for each in gone)
        of = len(records) + len(gone)
        progress(0, of)
        stored = streaming_bulk(
            self._client,
            chain(deletes, writes),
            chunk_size=_CHUNK,
            max_chunk_bytes=_CHUNK_BYTES,
            max_retries=3,
            raise_on_error=False,
        )
        for done, (fine, result) in enumerate(stored, start=1):
            [(what, told)] = result.items()
            if not fine and (what, told["status"]) != ("delete", 404):
                raise IndexLost(f"document {told['_id']} is not stored: {told.get('error')}")
            progress(done, of)

    def _seal(self, name: str) -> None:
        """Say that an index is complete; from now on it never changes."""
        self._client.indices.refresh(index=name)
        if self._made_by(name) is None:  # it was deleted, and a write made another by itself
            self._client.indices.delete(index=name)
            raise IndexLost(f"index {name} was deleted while it was made")
        self._client.indices.put_settings(index=name, settings=_SEALED)

    # -- naming and tidying

    def _name(self, name: str) -> None:
        """Move the alias, in one step."""
        if self._named() == name:
            return
        others = {"index": f"{self.alias}-v*", "alias": self.alias, "must_exist": False}
        added = {"index": name, "alias": self.alias}
        self._client.indices.update_aliases(actions=[{"remove": others}, {"add": added}])

    def _tidy(self, name: str) -> None:
        """Delete old versions, and what was begun and never sealed."""
        found = self._client.indices.get_settings(
            index=f"{self.alias}-v*", name=["index.blocks.write", "index.creation_date"]
        )
        ages = {
            each: int(settings["settings"]["index"]["creation_date"])
            for each, settings in found.items()
            if self._ours.fullmatch(each) and each != name
        }
        sealed = [each for each in ages if "blocks" in found[each]["settings"]["index"]]
        sealed.sort(key=lambda each: ages[each], reverse=True)
        before = 1000 * (time.time() - FORGOTTEN_SECONDS)
        left = [each for each in ages.keys() - set(sealed) if ages[each] < before]
        for each in [*sealed[KEPT - 1 :], *left]:
            self._client.options(ignore_status=404).indices.delete(index=each)
            log.info("search_index_removed", index=each)

    # -- looking

    def _blocked(self, name: str) -> bool | None:
        """Whether an index takes no writes; None: there is none."""
        try:
            found = self._client.indices.get_settings(index=name, name="index.blocks.write")
        except NotFoundError:
            return None
        return any(
            each["settings"]["index"]["blocks"]["write"] == "true"
            for each in found.values()
            if each.get("settings")
        )

    def _named(self) -> str | None:
        try:
            return next(iter(self._client.indices.get_alias(name=self.alias).keys()), None)
        except NotFoundError:
            return None

    def _alike(self, fields: Mapping[str, Any]) -> str | None:
        """Return the current index when its documents look as ours will."""
        name = self._named()
        if name is None or not self.sealed(name):
            return None
        return name if self._made_by(name) == fields["_meta"]["made_by"] else None

    def _made_by(self, name: str) -> str | None:
        found = self._client.indices.get_mapping(index=name)
        made_by: str | None = found[name]["mappings"].get("_meta", {}).get("made_by")
        return made_by

    def _written(self, name: str) -> int:
        stats = self._client.indices.stats(index=name, metric="indexing")
        total: int = stats["_all"]["primaries"].get("indexing", {}).get("index_total", 0)
        return total

    def _digests(self, name: str) -> dict[str, str]:
        """Return the digest of every document in an index that is being made, by its id."""
        self._client.indices.refresh(index=name)
        columns = {"stored_fields": "_none_", "docvalue_fields": ["entry", "digest"]}
        found = scan(
            self._client, query={"query": {"match_all": {}}, **columns}, index=name, size=_SCANNED
        )
        return {hit["fields"]["entry"][0]: hit["fields"]["digest"][0] for hit in found}
