"""Search by Elasticsearch: the same tokens, vectors, filters and raw scores as the embedded one."""
