"""The host bureau's tokens: what is refused, and both kinds of keys."""

import base64
import hmac
import json
from datetime import UTC, datetime

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from core.errors import NotSignedIn, Unavailable
from taxpayers.host_token import HostTokens, sign
from tests.support.host import HOST_SECRET, host_token

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
EXP = int(NOW.timestamp()) + 600
KEY = RSAKey.generate_key(2048, {"kid": "k1"}, private=True)
CLAIMS = {"sub": "p1", "name": "王敏", "exp": EXP, "taxpayer": {"id": "t1", "name": "示例公司"}}


def _part(content: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


class TestSharedSecret:
    async def test_it_names_person_taxpayer_and_profile(self) -> None:
        token = host_token("p1", "t1", exp=EXP, profile={"vat_status": "small_scale", "new": 1})
        party = await HostTokens(HOST_SECRET).verify(token, NOW)
        assert (party.person.id, party.taxpayer.id, party.assurance) == ("p1", "t1", "real_name")
        assert party.taxpayer.profile.vat_status == "small_scale"

    async def test_a_person_without_a_taxpayer_acts_for_themself(self) -> None:
        token = sign(HOST_SECRET, {"sub": "p1", "name": "王敏", "exp": EXP})
        assert (await HostTokens(HOST_SECRET).verify(token, NOW)).taxpayer.id == "p1"

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "a.b.c",
            host_token("p1", "t1", exp=int(NOW.timestamp()) - 61),
            host_token("p1", "t1", secret="another secret of sufficient length"),
            sign(HOST_SECRET, {"name": "no subject", "exp": EXP}),
            sign(HOST_SECRET, {"sub": "no end"}),
            sign(HOST_SECRET, {**CLAIMS, "taxpayer": "not an object"}),
            sign(HOST_SECRET, {**CLAIMS, "profile": {"vat_status": "large"}}),
            sign(HOST_SECRET, {**CLAIMS, "assurance": "certain"}),
        ],
    )
    async def test_what_is_forged_expired_or_incomplete_is_refused(self, token: str) -> None:
        with pytest.raises(NotSignedIn):
            await HostTokens(HOST_SECRET).verify(token, NOW)

    async def test_without_keys_nobody_signs_in(self) -> None:
        with pytest.raises(NotSignedIn, match="DAOBAN_HOST_JWT_SECRET"):
            await HostTokens(None).verify(host_token("p1", "t1", exp=EXP), NOW)


class TestPublicKeys:
    @pytest.fixture
    def host(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
        """A host bureau that publishes its keys, until it is down."""
        state: dict[str, object] = {"up": True, "asked": 0}

        def answer(request: httpx.Request) -> httpx.Response:
            state["asked"] = int(str(state["asked"])) + 1
            if not state["up"]:
                raise httpx.ConnectError("down", request=request)
            return httpx.Response(200, json=KeySet([KEY]).as_dict(private=False))

        client = httpx.AsyncClient
        monkeypatch.setattr(
            httpx, "AsyncClient", lambda **_: client(transport=httpx.MockTransport(answer))
        )
        return state

    def token(self) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k1"}, CLAIMS, KEY)

    async def test_a_token_is_checked_with_the_published_keys(self, host) -> None:
        tokens = HostTokens(None, "http://host.example/jwks")
        assert (await tokens.verify(self.token(), NOW)).person.id == "p1"
        await tokens.verify(self.token(), NOW)
        assert host["asked"] == 1

    async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(self, host) -> None:
        parts = [_part({"alg": "HS256", "kid": "k1"}), _part(CLAIMS)]
        signed = hmac.digest(KEY.as_pem(private=False), ".".join(parts).encode(), "sha256")
        forged = ".".join([*parts, base64.urlsafe_b64encode(signed).decode().rstrip("=")])
        with pytest.raises(NotSignedIn):
            await HostTokens(None, "http://host.example/jwks").verify(forged, NOW)

    async def test_keys_that_cannot_be_had_are_no_forged_token(self, host) -> None:
        host["up"] = False
        with pytest.raises(Unavailable):
            await HostTokens(None, "http://host.example/jwks").verify(self.token(), NOW)

    async def test_an_outage_of_the_host_locks_nobody_out(self, host, monkeypatch) -> None:
        tokens = HostTokens(None, "http://host.example/jwks")
        await tokens.verify(self.token(), NOW)
        host["up"] = False
        monkeypatch.setattr("taxpayers.host_token.KEYS_KEPT_SECONDS", 0)
        tokens._keys_until = 0
        assert (await tokens.verify(self.token(), NOW)).person.id == "p1"
        assert host["asked"] == 2
