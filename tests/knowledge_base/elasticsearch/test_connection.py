"""Addresses and certificates are told clearly, and never with the password."""

import ssl

import pytest
from elastic_transport import ConnectionError as Unreachable
from elastic_transport import ConnectionTimeout, TlsError

from core.errors import BadSettings
from knowledge_base.elasticsearch.connection import connect, told


def test_several_addresses_with_user_and_password():
    client = connect("https://kb:p%40ss%2C1@es1.example:9200, https://kb:p%40ss%2C1@es2.example")
    nodes = client.transport.node_pool.all()
    assert sorted(node.base_url for node in nodes) == [
        "https://es1.example:9200", "https://es2.example:443",
    ]  # fmt: skip
    assert {node.config.headers["authorization"] for node in nodes} == {"Basic a2I6cEBzcywx"}
    assert all(node.config.verify_certs for node in nodes)


@pytest.mark.parametrize(
    ("urls", "words"),
    [
        (" , ", "empty"),
        ("es1.example:9200", "no address"),
        ("ftp://kb:hush@es1.example:9200", "no address"),
        ("https://kb:hush@es1.example:9200,kb:hush@es2", "no address"),
        ("https://kb:hush@es1.example:port", "no address"),
    ],
)
def test_what_is_no_address_is_refused_without_its_password(urls, words):
    with pytest.raises(BadSettings, match=words) as refused:
        connect(urls)
    assert "hush" not in str(refused.value)
    assert "DAOBAN_ELASTICSEARCH_URL" in str(refused.value)


def test_certificates_must_be_there_and_be_such(tmp_path):
    file = tmp_path / "ca.pem"
    with pytest.raises(BadSettings, match="No such file"):
        connect("https://es1.example:9200", file)
    file.write_text("no certificate")
    with pytest.raises(BadSettings, match="no certificates in PEM"):
        connect("https://es1.example:9200", file)
    with pytest.raises(BadSettings, match="write https"):
        connect("http://es1.example:9200", file)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TlsError(str(ssl.SSLCertVerificationError("self-signed"))), "DAOBAN_ELASTICSEARCH_CA"),
        (ConnectionTimeout("Connection timed out"), "in time"),
        (Unreachable("refused"), "not reached"),
        (OSError("x" * 500), "x…"),
    ],
)
def test_a_fault_is_told_in_words(error, words):
    assert words in told(error)
    assert len(told(error)) < 400
