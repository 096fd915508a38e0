"""Addresses, sign-in and certificates of the cluster, and its faults in plain words."""

import logging
import ssl
from pathlib import Path

from elastic_transport import ConnectionTimeout, NodeConfig, TlsError, TransportError
from elastic_transport.client_utils import DEFAULT, url_to_node_config
from elasticsearch import ApiError, AuthenticationException, AuthorizationException, Elasticsearch
from elasticsearch.serializer import OrjsonSerializer

from core.errors import BadSettings

_EXAMPLE = "https://user:password@es1.example:9200,https://user:password@es2.example:9200"
_CONNECTIONS = 10

# The library writes a line with a traceback for each try; ours are written once an outage.
logging.getLogger("elastic_transport").setLevel(logging.ERROR)


def connect(urls: str, ca_file: Path | None = None) -> Elasticsearch:
    """Return a client of a cluster; nothing is sent yet. It may be shared by threads.

    Args:
        urls: one or several addresses, separated by commas; user and password may stand in each,
            percent-encoded where they hold `@`, `:`, `/` or a comma.
        ca_file: certificates (PEM) that sign the servers'; default: those of the system.

    Raises:
        BadSettings: an address or the file is no such thing; never with the password in it.
    """
    nodes = [_node(part.strip()) for part in urls.split(",") if part.strip()]
    if not nodes:
        raise BadSettings(f"DAOBAN_ELASTICSEARCH_URL is empty: set it like {_EXAMPLE}")
    secure = {node.scheme == "https" for node in nodes}
    if ca_file is not None and not all(secure):
        raise BadSettings(
            "DAOBAN_ELASTICSEARCH_CA_FILE is set, but DAOBAN_ELASTICSEARCH_URL has http:// "
            "addresses: write https://, or remove the file"
        )
    if ca_file is not None:
        _check_certificates(ca_file)
    return Elasticsearch(
        nodes,
        ca_certs=DEFAULT if ca_file is None else str(ca_file),
        connections_per_node=_CONNECTIONS,
        serializer=OrjsonSerializer(),
    )


def _check_certificates(ca_file: Path) -> None:
    """The client would read them no earlier than for the first question."""
    try:
        ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:  # ssl.SSLError is one
        raise BadSettings(
            f"DAOBAN_ELASTICSEARCH_CA_FILE: {ca_file} holds no certificates in PEM: {error}"
        ) from None


def _node(url: str) -> NodeConfig:
    try:
        node = url_to_node_config(url, use_default_ports_for_scheme=True)
    except ValueError:
        node = None
    if node is None or node.scheme not in {"http", "https"}:
        raise BadSettings(f"DAOBAN_ELASTICSEARCH_URL has a part that is no address: use {_EXAMPLE}")
    return node


def told(error: Exception) -> str:
    """Return what is wrong with a cluster, in one sentence that says what to do."""
    if isinstance(error, TlsError):
        return (
            f"the certificate of Elasticsearch is not trusted ({_short(error.message)}): set "
            "DAOBAN_ELASTICSEARCH_CA_FILE to the authority that signed it, and name the servers "
            "as their certificates do"
        )
    if isinstance(error, ConnectionTimeout):
        return "Elasticsearch does not answer in time"
    if isinstance(error, AuthenticationException):
        return "Elasticsearch refuses user or password of DAOBAN_ELASTICSEARCH_URL"
    if isinstance(error, AuthorizationException) and "security_exception" in str(error):
        return (
            "the user of DAOBAN_ELASTICSEARCH_URL lacks rights: cluster monitor, and all on the "
            f"index ({_short(error)})"
        )
    if isinstance(error, TransportError):
        return f"Elasticsearch is not reached ({_short(error.message)})"
    if isinstance(error, ApiError):
        return f"Elasticsearch says {error.status_code}: {_short(error)}"
    return _short(error)


def _short(what: object) -> str:
    words = " ".join(str(what).split())
    return words if len(words) <= 200 else words[:200] + "…"
