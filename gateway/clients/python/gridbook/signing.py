# SPDX-License-Identifier: Apache-2.0
"""Ed25519 keys and what they sign (protocol section 2)."""

import base64
import hashlib
import pathlib
import time
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True)
class Key:
    """A private key with the name that the exchange knows it by. The key itself is never shown."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def load(cls, name: str, path: str | pathlib.Path) -> "Key":
        """From PKCS#8 PEM, as `gridbook keygen` writes it."""
        private = serialization.load_pem_private_key(pathlib.Path(path).read_bytes(), password=None)
        if not isinstance(private, Ed25519PrivateKey):
            raise ValueError(f"{path} holds no Ed25519 key")
        return cls(name, private)

    def sign(self, text: str) -> str:
        return base64.b64encode(self.private.sign(text.encode())).decode()

    def logon(self, nonce: str) -> dict[str, str]:
        """The members of session.logon that answer the welcome's nonce."""
        ts = str(time.time_ns())
        return {"key": self.name, "ts": ts, "sig": self.sign(f"logon\n{nonce}\n{self.name}\n{ts}")}

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """The headers of one signed HTTP request; each is good once and for 5 s."""
        ts = str(time.time_ns())
        text = f"{method}\n{target}\n{ts}\n{hashlib.sha256(body).hexdigest()}"
        return {"Gb-Key": self.name, "Gb-Timestamp": ts, "Gb-Signature": self.sign(text)}
