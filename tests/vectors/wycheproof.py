#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The representative part of Project Wycheproof that lies here as
wycheproof_*.txt.

  wycheproof.py FOLDER    FOLDER has the project's JSON files (testvectors);
                          writes the files beside this program

Debian's source package android-platform-external-boringssl has such a folder,
src/third_party/wycheproof_testvectors.

Of each file one vector of each kind is taken (the same comment but for its
numbers, the same sizes), then as many as the list here says, evenly.  Left out:
what the project calls "acceptable", and what PALs do not have (truncated MACs,
other curves, small or odd RSA keys).
"""

import json
import os
import re
import sys

HEAD = """# SPDX-License-Identifier: BSD-2-Clause
# {what}, with what an attacker would try. Written by wycheproof.py.
# Source: Project Wycheproof, {sources}.
# Licence: Project Wycheproof, Apache-2.0 (github.com/C2SP/wycheproof).
"""
CURVE_SIZES = {"secp256r1": 32, "secp384r1": 48, "secp521r1": 66}


def is_fit(group):
    bits = group.get("keysize", 2048)
    return ("tagSize" not in group or group["type"] != "MacTest"
            or group["tagSize"] == group["wantedTag"]) and bits >= 2048 and (
                group.get("sha") not in ("SHA-1", "SHA-512/224", "SHA-512/256"))


def kind_of(group, test):
    return (re.sub(r"[0-9a-f]*[0-9]+[0-9a-f]*", "", test["comment"]),
            test["result"], group.get("keySize"), group.get("ivSize"),
            group.get("keyAsn") if test["result"] == "valid" else "",
            len(test.get("msg", "")) if group["type"] != "MacTest" else 0)


def evenly(items, count):
    if len(items) <= count:
        return items
    return [items[i * len(items) // count] for i in range(count)]


def select(data, count):
    """(group, test) of each kind; half of them to be refused, if there are."""
    seen, good, bad = set(), [], []
    for group in data["testGroups"]:
        for test in group["tests"]:
            kind = kind_of(group, test)
            if not is_fit(group) or kind in seen:
                continue
            seen.add(kind)
            if test["result"] == "valid":
                good.append((group, test))
            elif test["result"] == "invalid":
                bad.append((group, test))
    wanted_bad = max(count // 2, count - len(good))
    bad = evenly(bad, wanted_bad)
    chosen = evenly(good, count - len(bad)) + bad
    return sorted(chosen, key=lambda pair: pair[1]["tcId"])


def hash_of(group):
    return group["sha"].lower().replace("sha-", "sha").replace("sha3-", "sha3_")


def result(test):
    return [("result", test["result"])]


def rsa_verify(scheme):
    def convert(group, test):
        return [("operation", f"rsa_{scheme}_{hash_of(group)}_verify"),
                ("public_key", group["keyAsn"]), ("message", test["msg"]),
                ("signature", test["sig"])] + result(test)
    return convert


def rsa_private(group):
    """PKCS #1, which lies at the end of PKCS #8."""
    der = bytes.fromhex(group["privateKeyPkcs8"])
    return der[26:].hex()


def rsa_sign(group, test):
    return [("operation", f"rsa_pkcs1_{hash_of(group)}_sign"),
            ("private_key", rsa_private(group)), ("message", test["msg"]),
            ("output", test["sig"])]


def rsa_decrypt(group, test):
    name = f"oaep_{hash_of(group)}" if "sha" in group else "pkcs1"
    end = [("output", test["msg"])] if test["result"] == "valid" else (
        result(test))
    return [("operation", f"rsa_{name}_decrypt"),
            ("private_key", rsa_private(group)), ("message", test["ct"]),
            ("label", test.get("label", ""))] + end


def ecdsa(group, test):
    return [("operation", f"ecdsa_{hash_of(group)}_verify"),
            ("public_key", group["key"]["uncompressed"]),
            ("message", test["msg"]), ("signature", test["sig"])] + result(test)


def ecdh(group, test):
    size = CURVE_SIZES[group["curve"]]
    private = int(test["private"], 16).to_bytes(size, "big").hex()
    end = [("output", test["shared"])] if test["result"] == "valid" else (
        result(test))
    return [("operation", "ecdh_nist"), ("private_key", private),
            ("public_key", test["public"])] + end


def encrypts(test):
    """Of two valid ones, one is computed and one is opened."""
    return test["result"] == "valid" and test["tcId"] % 2


def cipher(name, head, open_text):
    def convert(group, test):
        start = [(field, test[key]) for field, key in head]
        sealed = test["ct"] + test.get("tag", "")
        tag = [("tag_size", str(group["tagSize"] // 8))] if (
            name == "aes_gcm") else []
        if encrypts(test):
            return ([("operation", f"{name}_{open_text[0]}")] + start +
                    [("message", test["msg"])] + tag + [("output", sealed)])
        end = [("output", test["msg"])] if test["result"] == "valid" else (
            result(test))
        return ([("operation", f"{name}_{open_text[1]}")] + start +
                [("message", sealed)] + tag + end)
    return convert


def mac(name):
    def convert(_, test):
        start = [("key", test["key"]), ("message", test["msg"])]
        if encrypts(test):
            return [("operation", name)] + start + [("output", test["tag"])]
        return ([("operation", f"{name}_verify")] + start +
                [("mac", test["tag"])] + result(test))
    return convert


WRAP = ("wrap", "unwrap")
CRYPT = ("encrypt", "decrypt")
KEY, IV = ("key", "key"), ("iv", "iv")

# file: what it is, (the project's file, how many, how they are written)...
FILES = {
    "rsa_pkcs1": ("RSA signatures with PKCS #1 v1.5 padding", (
        ("rsa_signature_2048_sha256", 40, rsa_verify("pkcs1")),
        ("rsa_signature_3072_sha512", 8, rsa_verify("pkcs1")),
        ("rsa_signature_4096_sha384", 8, rsa_verify("pkcs1")),
        ("rsa_sig_gen_misc", 8, rsa_sign))),
    "rsa_pss": ("RSA signatures with PSS padding", (
        ("rsa_pss_2048_sha256_mgf1_32", 24, rsa_verify("pss")),
        ("rsa_pss_3072_sha256_mgf1_32", 6, rsa_verify("pss")),
        ("rsa_pss_4096_sha256_mgf1_32", 6, rsa_verify("pss")))),
    "rsa_decrypt": ("RSA decryption, OAEP and PKCS #1 v1.5", (
        ("rsa_oaep_2048_sha256_mgf1sha256", 14, rsa_decrypt),
        ("rsa_oaep_2048_sha512_mgf1sha512", 4, rsa_decrypt),
        ("rsa_oaep_3072_sha512_mgf1sha512", 4, rsa_decrypt),
        ("rsa_oaep_4096_sha256_mgf1sha256", 4, rsa_decrypt),
        ("rsa_pkcs1_2048", 16, rsa_decrypt))),
    "ecdsa": ("ECDSA", (
        ("ecdsa_secp256r1_sha256_p1363", 60, ecdsa),
        ("ecdsa_secp384r1_sha384_p1363", 30, ecdsa),
        ("ecdsa_secp521r1_sha512_p1363", 30, ecdsa))),
    "ecdh": ("ECDH", (
        ("ecdh_secp256r1_ecpoint", 40, ecdh),
        ("ecdh_secp384r1_ecpoint", 20, ecdh),
        ("ecdh_secp521r1_ecpoint", 20, ecdh))),
    "aes_gcm": ("AES-GCM", (
        ("aes_gcm", 90, cipher("aes_gcm", (KEY, ("nonce", "iv"),
                                           ("aad", "aad")), CRYPT)),)),
    "aes_kw": ("AES key wrap, without (KW) and with padding (KWP)", (
        ("kw", 40, cipher("aes_kw", (KEY,), WRAP)),
        ("kwp", 40, cipher("aes_kwp", (KEY,), WRAP)))),
    "aes_cbc": ("AES-CBC with PKCS #7 padding", (
        ("aes_cbc_pkcs5", 40, cipher("aes_cbc_pkcs7", (KEY, IV), CRYPT)),)),
    "mac": ("HMAC and AES-CMAC", (
        ("hmac_sha256", 24, mac("hmac_sha256")),
        ("hmac_sha384", 10, mac("hmac_sha384")),
        ("hmac_sha512", 10, mac("hmac_sha512")),
        ("hmac_sha3_256", 10, mac("hmac_sha3_256")),
        ("aes_cmac", 24, mac("aes_cmac")))),
}
TAG_BITS = {"hmac_sha256": 256, "hmac_sha384": 384, "hmac_sha512": 512,
            "hmac_sha3_256": 256, "aes_cmac": 128}


def write(folder, name, what, parts):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        f"wycheproof_{name}.txt")
    with open(path, "w", encoding="ascii") as file:
        file.write(HEAD.format(what=what, sources=", ".join(
            f"{source}_test.json" for source, _, _ in parts)))
        for source, count, convert in parts:
            with open(os.path.join(folder, f"{source}_test.json"),
                      encoding="utf-8") as stream:
                data = json.load(stream)
            for group in data["testGroups"]:
                group["wantedTag"] = TAG_BITS.get(source)
            for group, test in select(data, count):
                file.write(f"\n# {source} {test['tcId']}: {test['comment']}\n")
                for field, value in convert(group, test):
                    file.write(f"{field} = {value or '-'}\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, (what, parts) in FILES.items():
        write(sys.argv[1], name, what, parts)


if __name__ == "__main__":
    main()
