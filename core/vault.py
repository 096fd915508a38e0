"""Seals what must not be read in a copy of the database, and matches it without opening it.

AES-256-GCM (NIST SP 800-38D) under a random nonce, with the place of the value as associated data:
a sealed value that is moved to another place does not open there. The keys are derived from the
secret of the settings by HKDF-SHA256 (RFC 5869), one for sealing and another for matching.
"""

import base64
import binascii
import hmac
import os
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import DaobanError

NONCE_BYTES = 12


_DAMAGED = "this value was damaged or moved: ask for it again"


class Unreadable(DaobanError):
    """A sealed value that no known key opens: the secret was changed, or the value was."""

    status = 409
    code = "protected_value_unreadable"


@dataclass(frozen=True)
class _Key:
    """What one secret gives."""

    secret: str = field(repr=False)

    @cached_property
    def id(self) -> str:
        """Tells which secret sealed a value, and nothing about the secret."""
        return self._derive("id", 4).hex()

    @cached_property
    def cipher(self) -> AESGCM:
        return AESGCM(self._derive("seal", 32))

    @cached_property
    def matching(self) -> bytes:
        return self._derive("match", 32)

    def digest(self, value: str) -> str:
        return f"{self.id}.{hmac.digest(self.matching, value.encode(), 'sha256').hex()}"

    def _derive(self, use: str, length: int) -> bytes:
        derived = HKDF(SHA256(), length, salt=None, info=f"daoban vault {use} v1".encode())
        return derived.derive(self.secret.encode())


class Vault:
    """Seals and opens under the present secret; what an earlier one sealed still opens.

    Args:
        secret: the present secret, at least 32 random characters.
        previous: earlier secrets, as long as something sealed under them lives.

    >>> vault = Vault("a secret that stands in the settings")
    >>> vault.open(vault.seal("13800138000", "callback:1"), "callback:1")
    '13800138000'
    """

    def __init__(self, secret: str, *previous: str) -> None:
        self._present = _Key(secret)
        self._keys = {key.id: key for key in (*map(_Key, previous), self._present)}

    def seal(self, value: str, context: str) -> str:
        """Return the value sealed for one place.

        Args:
            context: the place, e.g. table, row and column; needed again to open it.
        """
        sealed = _encrypted(self._present, value.encode(), context)
        return f"{self._present.id}.{base64.urlsafe_b64encode(sealed).decode()}"

    def seal_bytes(self, data: bytes, context: str) -> bytes:
        """Return a whole content sealed for one place, such as a file."""
        return self._present.id.encode() + b"." + _encrypted(self._present, data, context)

    def open(self, sealed: str, context: str) -> str:
        """Return what was sealed for this place.

        Raises:
            Unreadable: its secret is not known here, it was changed, or it belongs elsewhere.
        """
        key_id, _, body = sealed.partition(".")
        try:
            data = base64.b64decode(body, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unreadable(_DAMAGED) from error
        return self._opened(key_id, data, context).decode()

    def open_bytes(self, sealed: bytes, context: str) -> bytes:
        """Return the content that was sealed for this place.

        Raises:
            Unreadable: as of `open`.
        """
        key_id, _, data = sealed.partition(b".")
        return self._opened(key_id.decode("ascii", "replace"), data, context)

    def _opened(self, key_id: str, data: bytes, context: str) -> bytes:
        key = self._keys.get(key_id)
        if key is None:
            raise Unreadable(
                "this value was sealed under a secret that is not set here: set the earlier secret "
                "as DAOBAN_SECRET_KEY_PREVIOUS, or ask for the value again"
            )
        try:
            return key.cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise Unreadable(_DAMAGED) from error

    def digest(self, value: str) -> str:
        """Return the keyed hash of a value (HMAC-SHA256) under the present secret."""
        return self._present.digest(value)

    def digests(self, value: str) -> tuple[str, ...]:
        """Return the keyed hash under each known secret, to look for old rows too."""
        return tuple(key.digest(value) for key in self._keys.values())

    def knows(self, digest: str) -> bool:
        """Whether the secret of a keyed hash is known here, so that it can be compared."""
        return digest.partition(".")[0] in self._keys


def _encrypted(key: _Key, data: bytes, context: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.cipher.encrypt(nonce, data, context.encode())
