"""On the shipped content both backends rank alike, with the same scores."""

import pytest

from knowledge_base.collection import records
from knowledge_base.content import load_content
from knowledge_base.elasticsearch.cluster import Cluster
from knowledge_base.embedded import EmbeddedIndex
from knowledge_base.encoder.loading import load_encoder
from knowledge_base.vectors import VectorCache
from tests.knowledge_base.elasticsearch.conftest import silent, version
from tests.support.parity import compare, questions


@pytest.mark.elasticsearch
def test_the_first_hit_is_the_same(client, alias, project, index_home, encoder_directory):
    content, encoder = load_content(project / "data"), load_encoder(encoder_directory)
    vectors = VectorCache(encoder, index_home / "index")
    made = records(content, vectors)
    embedded, cluster = EmbeddedIndex.build(made, encoder.dimension), Cluster(client, alias, 30.0)
    wanted = version("parity", made, encoder.dimension)
    cluster.versions.ensure(wanted, silent)
    name = cluster.versions.name(wanted)
    pairs = [
        (cluster.search(name, *asked), embedded.search(*asked))
        for asked in questions(content, encoder.encode_query)
    ]
    found = compare(pairs)
    assert len(pairs) > 900
    assert found.same_first >= 0.98, found.differing
    assert found.apart < 1e-3
    assert found.missed < 1e-3
