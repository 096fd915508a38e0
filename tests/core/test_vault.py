"""Sealing, opening, matching; rotation of the secret."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vault import Unreadable, Vault

OLD, NEW = "the secret of last year, long enough", "the secret of this year, long enough"


@given(st.text(), st.text())
def test_what_is_sealed_opens_in_its_place(value: str, context: str) -> None:
    vault = Vault(NEW)
    assert vault.open(vault.seal(value, context), context) == value


def test_a_sealed_value_tells_nothing_and_is_another_each_time() -> None:
    vault = Vault(NEW)
    one, other = vault.seal("13800138000", "a"), vault.seal("13800138000", "a")
    assert one != other
    for sealed in (one, other):
        assert "13800138000" not in sealed
        assert b"13800138000" not in base64.urlsafe_b64decode(sealed.partition(".")[2])


class TestRefusals:
    def test_in_another_place_it_does_not_open(self) -> None:
        vault = Vault(NEW)
        with pytest.raises(Unreadable, match="damaged or moved"):
            vault.open(vault.seal("x", "protected_value:pv_1"), "protected_value:pv_2")

    @pytest.mark.parametrize("place", [0, 8, 9, 30, -1])
    def test_changed_it_does_not_open(self, place: int) -> None:
        vault = Vault(NEW)
        sealed = vault.seal("13800138000", "a")
        changed = list(sealed)
        changed[place] = "A" if changed[place] != "A" else "B"
        with pytest.raises(Unreadable):
            vault.open("".join(changed), "a")

    @pytest.mark.parametrize("rest", ["", "x", "*" * 40, "AAAA", "é"])
    def test_what_was_never_sealed_does_not_open(self, rest: str) -> None:
        vault = Vault(NEW)
        key_id = vault.seal("x", "a").partition(".")[0]
        for sealed in (rest, f"{key_id}.{rest}"):
            with pytest.raises(Unreadable):
                vault.open(sealed, "a")

    def test_under_another_secret_it_does_not_open(self) -> None:
        sealed = Vault(OLD).seal("x", "a")
        with pytest.raises(Unreadable, match="DAOBAN_SECRET_KEY_PREVIOUS"):
            Vault(NEW).open(sealed, "a")


class TestRotation:
    def test_the_earlier_secret_still_opens_and_the_new_one_seals(self) -> None:
        rotated = Vault(NEW, OLD)
        assert rotated.open(Vault(OLD).seal("x", "a"), "a") == "x"
        assert Vault(NEW).open(rotated.seal("x", "a"), "a") == "x"

    def test_old_hashes_are_found_and_new_ones_made(self) -> None:
        rotated = Vault(NEW, OLD)
        assert set(rotated.digests("x")) == {Vault(OLD).digest("x"), Vault(NEW).digest("x")}
        assert rotated.digest("x") == Vault(NEW).digest("x")
        assert rotated.knows(Vault(OLD).digest("x"))
        assert not Vault(NEW).knows(Vault(OLD).digest("x"))

    def test_the_present_secret_named_as_earlier_too_stays_the_present(self) -> None:
        assert Vault(NEW, NEW, OLD).digest("x") == Vault(NEW).digest("x")


def test_a_hash_needs_the_secret_and_hides_equality_between_secrets() -> None:
    assert (
        Vault(OLD).digest("13800138000").partition(".")[2]
        != (Vault(NEW).digest("13800138000").partition(".")[2])
    )
    assert Vault(NEW).digest("13800138000") != Vault(NEW).digest("13800138001")


class TestContents:
    @given(st.binary(), st.text())
    def test_open_in_their_place_alone(self, data: bytes, context: str) -> None:
        vault = Vault(NEW)
        sealed = vault.seal_bytes(data, context)
        assert vault.open_bytes(sealed, context) == data
        with pytest.raises(Unreadable):
            vault.open_bytes(sealed, context + "x")

    @pytest.mark.parametrize("sealed", [b"", b".", b"\xff\xfe.x", b"no dot", b"00000000.short"])
    def test_nonsense_does_not_open(self, sealed: bytes) -> None:
        with pytest.raises(Unreadable):
            Vault(NEW).open_bytes(sealed, "a")

    def test_one_sealed_under_an_earlier_secret_opens(self) -> None:
        sealed = Vault(OLD).seal_bytes(b"photo", "fi_1")
        assert Vault(NEW, OLD).open_bytes(sealed, "fi_1") == b"photo"
