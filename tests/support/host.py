"""Tokens as the host bureau would sign them."""

from taxpayers.host_token import sign

HOST_SECRET = "a secret of the host bureau, only for tests"


def host_token(person: str, taxpayer: str, *, secret: str = HOST_SECRET, **claims: object) -> str:
    """Sign a token for a person who acts for a taxpayer."""
    named = {"id": taxpayer, "name": "示例晨光商贸有限公司", "uscc": taxpayer}
    standard = {"sub": person, "name": "王敏", "taxpayer": named, "exp": 4_000_000_000}
    return sign(secret, {**standard, "assurance": "real_name", **claims})
