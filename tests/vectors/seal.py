#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sealed blobs, by the words of crypto/notary/seal.h and not by its code.

Writes seal.vectors anew: tests/vectors/seal.py >tests/vectors/seal.vectors
Needs the Python package cryptography.
"""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MEASUREMENT, SIGNER = 1, 2
DEBUG, SIGNED, SIMULATED = 1, 2, 4


def hkdf(root, salt, info, size):
    """RFC 5869 with SHA-384; no salt is 48 zeros."""
    key = hmac.digest(salt or bytes(48), root, "sha384")
    out, block = b"", b""
    while len(out) < size:
        block = hmac.digest(key, block + info + bytes([len(out) // 48 + 1]),
                            "sha384")
        out += block
    return out[:size]


def identity(measurement, signer, name, version, flags):
    return (measurement + signer + name.ljust(32, b"\0") +
            struct.pack("<II", version, flags))


def seal(root, who, binding, salt, associated, secret):
    measurement, signer, name = who[:48], who[48:96], who[96:128]
    version, flags = struct.unpack("<II", who[128:])
    subject = b"palisade seal 1\0" + struct.pack("<II", binding, flags & 5)
    subject += (measurement + bytes(32) if binding == MEASUREMENT
                else signer + name)
    header = b"PALSEAL1" + struct.pack("<IIII", binding, version,
                                       len(secret), 0)
    header += hkdf(root, b"", b"palisade root id", 16)
    header += hashlib.sha384(subject).digest()[:16] + salt
    key = hkdf(root, salt, subject, 32)
    return header + AESGCM(key).encrypt(bytes(12), secret, header + associated)


def pattern(size, step):
    return bytes(i * step % 256 for i in range(size))


def main():
    image, signer = pattern(48, 3), pattern(48, 5)
    rows = [
        (32, identity(image, bytes(48), b"plain", 0, 0), MEASUREMENT, b"", b""),
        (48, identity(image, bytes(48), b"plain", 9, DEBUG), MEASUREMENT,
         b"what for", b"a secret"),
        (64, identity(image, signer, b"signed", 7, SIGNED), SIGNER,
         b"key 7", pattern(100, 11)),
        (64, identity(image, signer, b"signed", 7, SIMULATED), SIGNER,
         pattern(200, 13), b""),
        (33, identity(image, signer, b"x" * 31, 2**32 - 1, SIGNED),
         MEASUREMENT, b"", pattern(17, 17)),
    ]
    print("# SPDX-License-Identifier: BSD-2-Clause")
    for number, (size, who, binding, associated, secret) in enumerate(rows):
        root, salt = pattern(size, 7 + number), pattern(32, 19 + number)
        values = {"root": root, "identity": who, "binding": bytes([binding]),
                  "salt": salt, "associated": associated, "secret": secret,
                  "blob": seal(root, who, binding, salt, associated, secret)}
        print()
        for name, value in values.items():
            print(f"{name} = {value.hex() or '-'}")


if __name__ == "__main__":
    main()
