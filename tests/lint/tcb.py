#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Lines of C and assembly in each folder of hv/, without blanks and comments,
and bytes of the image.  Usage: tcb.py OUT.json IMAGE"""

import glob
import json
import os
import re
import sys

BUDGET = {"c": 6000, "asm": 500}
# What the budget of C is for: the core with both vendors (design, promise 4).
BUDGETED = ("core", "svm", "vmx")
COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/|//[^\n]*|^[ \t]*#[ \t][^\n]*',
                     re.S | re.M)
# Only a debug image has the first two; the others are between Linux and
# programs, PALs and the notary.
NOT_SHIPPED = {"hv/x86/crash_test.c", "hv/core/debug.c", "hv/abi/ioctl.h",
               "hv/abi/service.h"}
# Trusted too, but a PAL: it cannot reach the hypervisor.
NOTARY = "crypto/notary/*.[ch]"


def count(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    # What is in quotes is no comment.
    text = COMMENT.sub(lambda found: found[0] if found[0][0] == '"' else
                       "\n" * found[0].count("\n"), text)
    return sum(1 for line in text.split("\n") if line.strip())


def main():
    out, image = sys.argv[1:]
    lines = {}
    for path in sorted(glob.glob("hv/*/*.[chS]")):
        if path in NOT_SHIPPED:
            continue
        kind = "asm" if path.endswith(".S") else "c"
        folder = lines.setdefault(path.split("/")[1], {"c": 0, "asm": 0})
        folder[kind] += count(path)
    total = {kind: sum(folder[kind] for folder in lines.values())
             for kind in BUDGET}
    used = {"c": sum(lines[name]["c"] for name in BUDGETED if name in lines),
            "asm": total["asm"]}
    size = os.path.getsize(image)

    print(f"{'folder':10} {'C':>6} {'asm':>6}")
    for name, folder in lines.items():
        print(f"hv/{name:7} {folder['c']:6} {folder['asm']:6}")
    print(f"{'all':10} {total['c']:6} {total['asm']:6}")
    print(f"{'budgeted':10} {used['c']:6} {used['asm']:6}"
          "   (the core with its vendors; so far there is one)")
    print(f"{'budget':10} {BUDGET['c']:6} {BUDGET['asm']:6}")
    notary = sum(count(path) for path in glob.glob(NOTARY))
    print(f"{'notary':10} {notary:6}       (a PAL in the image; and Mbed TLS)")
    print(f"image      {size} bytes")
    with open(out, "w", encoding="utf-8") as file:
        json.dump({"tcb_c_lines": total["c"], "tcb_asm_lines": total["asm"],
                   "image_bytes": size}, file, indent=1)
        file.write("\n")
    if any(used[kind] > BUDGET[kind] for kind in BUDGET):
        sys.exit("over the budget")


if __name__ == "__main__":
    main()
