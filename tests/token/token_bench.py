#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Signatures and TLS handshakes with a key in the token, against SoftHSM2 and
against OpenSSL's own keys.

  token_bench.py IN DISK    IN is what the guest gets, key.pal with it; DISK
                            has the programs

First with a clock that counts instructions, from one thread, which is exact;
then by wall clock from 1, 2 and 4 threads on two CPUs.  `make bench` has the
same figures in its table: measure() and ROWS.
"""

import os
import subprocess
import sys

VM = "tests/guest/vm"
TRIES = 3
THREADS = (1, 2, 4)
WHO = {"palisade": "token", "softhsm": "softhsm", "openssl": "openssl"}
WHAT = {"rsa": "sign_rsa_2048", "ec": "sign_p256", "call": "call",
        "make-rsa": "generate_rsa_2048", "make-ec": "generate_p256",
        "nginx-rsa": "handshake_rsa_2048", "nginx-ec": "handshake_p256"}
SWITCH_SHARE_LIMIT = 0.02
# Is the key fit (C_SignInit), how much room, sign (both C_Sign): at most.
CALLS_PER_SIGNATURE = 3
# A call's, if nobody has measured them: pal_call_noop_hv_instructions.
SWITCH_GUESS = 500


def compared(what, words):
    """Rows of a figure of ours, and how fast we are for one of the others'."""
    return ((f"token_{what}_instructions", words, "insn", None, None),
            (f"token_{what}_over_softhsm", "  for one of SoftHSM2", "x", None,
             None),
            (f"token_{what}_over_openssl", "  for one of OpenSSL's own key",
             "x", None, None))


def scaled(kind, words):
    for count in THREADS[1:]:
        yield (f"token_{kind}_{count}_threads_ratio",
               f"{words}, {count} threads" if count == 2 else f"  {count}",
               "x", None, None)
        yield (f"openssl_{kind}_{count}_threads_ratio",
               "    OpenSSL's own key", "x", None, None)


# As in tests/bench/bench.py: key, words, unit, limit, peers.
ROWS = (
    ("Keys in the token: instructions, all included, and work for one of the "
     "others'",),
    *compared("sign_rsa_2048", "signature, RSA-2048"),
    ("token_switch_share", "  in switches of worlds, at most", "x",
     SWITCH_SHARE_LIMIT, None),
    ("token_way_share", "  library, protocol, PAL's dispatch", "x", None,
     None),
    ("token_crypto_share", "  cryptography", "x", None, None),
    *compared("sign_p256", "signature, P-256"),
    ("token_call_instructions", "16 random bytes", "insn", None, None),
    *compared("handshake_rsa_2048", "nginx, TLS handshake, RSA-2048"),
    *compared("handshake_p256", "nginx, TLS handshake, P-256"),
    *compared("generate_rsa_2048", "making a pair, RSA-2048")[:2],
    *compared("generate_p256", "making a pair, P-256")[:2],
    ("key_pal_bytes", "key PAL", "bytes", None, None),
    ("Signatures a second by threads on 2 CPUs, over one thread's (this host "
     f"has {os.cpu_count()} CPUs)",),
    *scaled("sign_rsa_2048", "RSA-2048"),
    *scaled("sign_p256", "P-256"),
    ("Signatures a second for one of the other's, as many threads",),
    *((f"token_{kind}_{count}_threads_over_{other}",
       f"{words}, {name}, {count}", "x", None, None)
      for kind, words in (("sign_rsa_2048", "RSA-2048"),
                          ("sign_p256", "P-256"))
      for other, name in (("softhsm", "SoftHSM2"), ("openssl", "OpenSSL"))
      for count in THREADS),
)


def run(inputs, disk, *words):
    """{(whose, what, threads): nanoseconds for each}, the best of all rounds"""
    command = [VM, "--in", inputs, "--disk", disk, "--memory", "1024",
               "--timeout", "1800", *words]
    ran = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                         check=False)
    if ran.returncode:
        raise RuntimeError(f"the token's guest ended with {ran.returncode}")
    figures = {}
    for line in ran.stdout.splitlines():
        words = line.split()
        if len(words) == 4 and words[3].isdigit():
            key = WHO[words[0]], WHAT[words[1]], int(words[2])
            figures[key] = min(figures.get(key, int(words[3])), int(words[3]))
    return figures


def run_threads(inputs, disk):
    """The emulator may break it (tests/bench/README.md): then without."""
    for _ in range(TRIES):
        try:
            figures = run(inputs, disk, "--cpus", "3", "--parallel",
                          "tests/token/bench.sh", "threads",
                          *map(str, THREADS))
            if len(figures) == 6 * len(THREADS):
                return figures
        except RuntimeError as failure:
            print(f"bench: {failure}", file=sys.stderr)
    return {}


def counted_results(figures):
    results = {}
    for (who, what, _), value in figures.items():
        results[f"{who}_{what}_instructions"] = value
        ours = figures.get(("token", what, 1))
        if who != "token" and ours:
            results[f"token_{what}_over_{who}"] = value / ours
    return results


def thread_results(figures):
    results = {}
    for (who, what, count), value in figures.items():
        if count > 1:
            results[f"{who}_{what}_{count}_threads_ratio"] = (
                figures[who, what, 1] / value)
        if who != "token":
            results[f"token_{what}_{count}_threads_over_{who}"] = (
                value / figures["token", what, count])
    return results


def shares(results, switch):
    """Where a signature's instructions go; switch: those of one call's two."""
    whole = results["token_sign_rsa_2048_instructions"]
    way = CALLS_PER_SIGNATURE * results["token_call_instructions"]
    switches = CALLS_PER_SIGNATURE * switch
    return {"token_switch_share": switches / whole,
            "token_way_share": (way - switches) / whole,
            "token_crypto_share": 1 - way / whole}


def measure(inputs, disk, switch):
    results = counted_results(run(inputs, disk, "--icount",
                                  "tests/token/bench.sh", "counted"))
    results |= thread_results(run_threads(inputs, disk))
    results |= shares(results, switch)
    results["key_pal_bytes"] = os.path.getsize(
        os.path.join(inputs, "key.pal"))
    return results


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    results = measure(sys.argv[1], sys.argv[2], SWITCH_GUESS)
    for row in ROWS:
        if len(row) == 1:
            print(row[0])
        elif row[0] in results:
            print(f"  {row[1]:<36}{results[row[0]]:>14,.{4 * (row[2] == 'x')}f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
