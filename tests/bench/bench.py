#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the measuring programs in the guest; print a table, write bench.json.

One guest with one CPU, whose clock counts instructions; two of these booted by
GRUB, without and with the hypervisor; one with two CPUs;
two with an IOMMU;
one with five, for calls on up to four CPUs at once (README.md says why); two
with other people's programs, for keys in the token (tests/token/token_bench.py).
"""

import argparse
import collections
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "token"))
import token_bench  # noqa: E402
VM = os.path.join(TOP, "tests", "guest", "vm")
BUILD = os.path.join(TOP, "build")
PAL = os.path.join(BUILD, "pal-sdk", "pal")
TRIES = 3

WORKLOADS = ("cpu", "memory", "syscall", "fault", "switch", "fork",
             "fork_only")

IOMMU = ("--qemu-arg=-device", "--qemu-arg=amd-iommu")
# Behind an IOMMU a disk without contents, and two cards on one wire.  Intel's:
# when QEMU's AMD IOMMU is off again it reads the interrupt table in page 0 as
# its device table, and cards in the first slots lose their interrupts.
BEHIND_IT = "iommu_platform=on,disable-legacy=on"
DEVICE_WORDS = (
    "-device", "intel-iommu,aw-bits=48,intremap=off",
    "-blockdev",
    "driver=null-co,node-name=nothing,size=1073741824,read-zeroes=on",
    "-device", f"virtio-blk-pci,drive=nothing,addr=0x1d,{BEHIND_IT}",
    "-netdev", "hubport,id=one,hubid=1", "-netdev", "hubport,id=two,hubid=1",
    "-device", f"virtio-net-pci,netdev=one,{BEHIND_IT}",
    "-device", f"virtio-net-pci,netdev=two,{BEHIND_IT}")
DEVICE_FIGURES = ("disk_read", "disk_write", "network")

# Key, words, unit, limit (or None), peers: name and figure on the same work.
TRUSTVISOR, XMHF, JAILHOUSE = "TrustVisor", "XMHF", "Jailhouse"
OS_PEERS = "XMHF, Jailhouse: 0.998 to 1.004"
EXIT_KINDS = (("cpuid", "CPUID"), ("msr", "MSRs"),
              ("apic_guard", "APIC guard"), ("npt_fault", "refused memory"),
              ("virt_insn", "SVM"), ("hypercall", "hypercalls"),
              ("other", "other"))
ROWS = (
    ("A call",),
    ("pal_call_noop_instructions", "empty call, whole", "insn", None,
     (TRUSTVISOR, 64565)),
    ("pal_call_noop_hv_instructions", "  in the hypervisor, both exits",
     "insn", 500, None),
    ("pal_call_fpu_instructions", "    of these for the FPU", "insn", None,
     None),
    ("pal_call_flush_none_instructions", "    policy says flush none", "insn",
     500, None),
    ("pal_call_flush_auto_instructions", "    flush auto, this CPU's needs",
     "insn", None, None),
    ("pal_call_flush_all_instructions", "    flush all", "insn", None, None),
    ("exits_per_noop_call", "  exits", "", 2, None),
    ("pal_call_integer_instructions", "4 bytes in, 4 out", "insn", None,
     (TRUSTVISOR, 135836)),
    ("pal_call_1k_instructions", "1 KiB in, 1 KiB out", "insn", None,
     (TRUSTVISOR, 139057)),
    ("pal_call_4k_instructions", "4 KiB in, 4 KiB out", "insn", None, None),
    ("Threads on as many CPUs, work a second over one thread's (this host has "
     f"{os.cpu_count()} CPUs)",),
    ("calls_2_cpus_ratio", "calls, 2", "x", None, None),
    ("calls_3_cpus_ratio", "  3", "x", None, None),
    ("calls_4_cpus_ratio", "  4", "x", None, None),
    ("cpuid_2_cpus_ratio", "CPUID's exit instead, 2", "x", None, None),
    ("cpuid_3_cpus_ratio", "  3", "x", None, None),
    ("cpuid_4_cpus_ratio", "  4", "x", None, None),
    ("compute_2_cpus_ratio", "computing instead, 2", "x", None, None),
    ("compute_3_cpus_ratio", "  3", "x", None, None),
    ("compute_4_cpus_ratio", "  4", "x", None, None),
    ("Sealing and counting, what a PAL waits for the notary",),
    ("pal_seal_32_instructions", "seal 32 bytes", "insn", None, None),
    ("pal_unseal_32_instructions", "unseal them", "insn", None, None),
    ("pal_counter_read_instructions", "read a counter", "insn", None, None),
    ("pal_counter_advance_instructions", "advance it", "insn", None, None),
    ("Data window, 1 MiB, PAL over the same without one",),
    ("window_sum_ratio", "adding it up, instructions", "x", None, None),
    ("window_copy_ratio", "memcpy() of it, instructions", "x", None, None),
    ("window_bytes_ratio", "  bytes a second", "x", None, None),
    ("emulated_window_bytes_per_second", "  in the emulator", "B/s", None,
     None),
    ("Other exits",),
    ("cpuid_exit_instructions", "CPUID", "insn", None, (XMHF, 3557)),
    ("null_hypercall_instructions", "hypercall that does nothing", "insn",
     None, (XMHF, 3866)),
    ("longest_exit_instructions", "the longest hypercall", "insn", 100000,
     None),
    ("idle_exits_per_second", "idle Linux, 2 CPUs", "/s", 0, None),
    ("idle_apic_guard_exits_per_second", "  guard of the APIC, apart", "/s",
     None, None),
    ("DMA protection (an IOMMU), with over without",),
    ("pool_add_instructions", "give a block, without", "insn", None, None),
    ("pool_add_iommu_instructions", "  with", "insn", None, None),
    ("disk_read_ratio", "virtio disk, bytes a second: reading", "x", None,
     None),
    ("disk_write_ratio", "  writing", "x", None, None),
    ("network_ratio", "virtio network, bytes a second", "x", None, None),
    ("A PAL of 64 KiB",),
    ("pal_load_64k_instructions", "open", "insn", None,
     (TRUSTVISOR + " (16 KiB)", 884528)),
    ("pal_close_64k_instructions", "close", "insn", None,
     (TRUSTVISOR + " (16 KiB)", 123737)),
    ("Opening larger ones, and the notary",),
    ("pal_load_1m_instructions", "open, 1 MiB", "insn", None, None),
    ("pal_load_copy_1m_instructions", "  without the notary", "insn", None,
     None),
    ("pal_load_16m_instructions", "open, 16 MiB", "insn", None, None),
    ("pal_load_copy_16m_instructions", "  without the notary", "insn", None,
     None),
    ("pal_load_64m_instructions", "open, 64 MiB", "insn", None, None),
    ("pal_load_copy_64m_instructions", "  without the notary", "insn", None,
     None),
    ("notary_instructions_per_kib", "measuring a KiB", "insn", None, None),
    ("notary_signature_p256_instructions", "checking a signature, P-256",
     "insn", None, None),
    ("notary_signature_p384_instructions", "  P-384", "insn", None, None),
    ("Building",),
    ("pal_cc_seconds", "pal cc, on this host", "s", None, None),
    ("Launch and size",),
    ("launch_ms", "launch, 2 CPUs", "ms", 100, (JAILHOUSE, 49)),
    ("launch_instructions", "launch, 1 CPU", "insn", None,
     (JAILHOUSE, 23600000)),
    ("memory_taken_bytes", "memory taken, without the pool", "bytes",
     4 << 20, (TRUSTVISOR, 200 << 20)),
    ("hypervisor_used_bytes", "  used of it", "bytes", None, None),
    ("image_bytes", "image", "bytes", None, None),
    ("tcb_c_lines", "lines of C", "", 6000, (JAILHOUSE, 10650)),
    ("tcb_asm_lines", "lines of assembly", "", 500, None),
    ("Boot by GRUB from reset to init, 1 CPU, with over without",),
    ("boot_ratio", "all of it", "x", None, None),
    ("boot_linux_ratio", "  Linux alone", "x", None, None),
    ("boot_alone_instructions", "without", "insn", None, None),
    ("boot_under_instructions", "with", "insn", None, None),
    ("boot_memory_taken_bytes", "memory that Linux misses", "bytes", None,
     None),
    *((f"boot_exits_{kind}", f"exits up to init: {words}", "", None, None)
      for kind, words in EXIT_KINDS),
    *((f"booted_exits_{kind}", f"then, idle: {words}", "/s", None, None)
      for kind, words in EXIT_KINDS),
    ("Linux, with over without (" + OS_PEERS + ")",),
    ("os_ratio_cpu", "computing", "x", None, None),
    ("os_ratio_memory", "256 MiB at random", "x", None, None),
    ("os_ratio_syscall", "system calls", "x", None, None),
    ("os_ratio_fault", "page faults", "x", None, None),
    ("os_ratio_switch", "process switches", "x", None, None),
    ("os_ratio_fork", "fork, exec, wait", "x", None, None),
    ("os_ratio_fork_only", "  without exec", "x", None, None),
    *token_bench.ROWS,
    ("Attacked (when last run)",),
    ("attacks_held", "attacks that failed, 4 CPUs", "", None, None),
    ("random_calls", "random calls survived", "", None, None),
    ("soak_minutes", "make soak", "min", None, None),
    ("coverage_percent", "lines of the core reached", "%", None, None),
    ("proof_obligations", "make verify: proven claims", "", None, None),
    ("proof_seconds", "  took", "s", None, None),
)


def run_guest(scenario, files, *options):
    """The figures a scenario (its words are a list, if there are several)
    prints: lists, by prefix and name."""
    script, *words = [scenario] if isinstance(scenario, str) else scenario
    command = [VM, "--log", os.path.join(BUILD, "guest", "bench-console.log")]
    for file in files:
        command += ["--in", file]
    ran = subprocess.run(
        [*command, *options, os.path.join(HERE, script), *words],
        stdout=subprocess.PIPE, text=True, check=False)
    if ran.returncode:
        sys.stderr.write(ran.stdout)
        raise RuntimeError(f"{script} ended with {ran.returncode}")
    figures = collections.defaultdict(list)
    for line in ran.stdout.splitlines():
        *prefix, value = line.split()
        figures[" ".join(prefix)].append(float(value))
    return figures


def measure_callers(files):
    """The emulator may break it (README.md): then again, or without."""
    for _ in range(TRIES):
        try:
            return run_guest("five_cpus.sh", files, "--cpus", "5",
                             "--parallel")
        except RuntimeError as failure:
            print(f"bench: {failure}", file=sys.stderr)
    return {}


def time_pal_cc():
    """Seconds, the median of three."""
    taken = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            start = time.monotonic()
            ran = subprocess.run(
                [PAL, "cc", "-o", os.path.join(folder, "noop.pal"),
                 os.path.join(HERE, "noop_pal.c")], check=False)
            taken.append(time.monotonic() - start)
        if ran.returncode:
            raise RuntimeError(f"pal cc ended with {ran.returncode}")
    return statistics.median(taken)


def medians(figures):
    return {name: statistics.median(values)
            for name, values in figures.items() if " " not in name}


def os_ratios(figures):
    return {f"os_ratio_{work}": statistics.median(figures[f"with {work}"]) /
            statistics.median(figures[f"without {work}"])
            for work in WORKLOADS}


def flush_figures(figures):
    """What an empty call costs in the hypervisor with each level."""
    return {f"pal_call_flush_{level}_instructions":
            figures[f"{level} pal_call_noop_hv_instructions"][0]
            for level in ("none", "auto", "all")}


def device_ratios(files):
    """Of the best of each: a busy host makes them slower, nothing faster."""
    figures = run_guest(
        "devices.sh", files, "--append=intel_iommu=off",
        *(f"--qemu-arg={word}" for word in DEVICE_WORDS))
    return {f"{what}_ratio": max(figures[f"with {what}_bytes_per_second"]) /
            max(figures[f"without {what}_bytes_per_second"])
            for what in DEVICE_FIGURES}


def least_of_boots(files, scenario, how):
    """Waiting for disks counts, too, and differs: it makes nothing faster."""
    boots = [medians(run_guest(scenario, files, "--icount", "--boot", how))
             for _ in range(TRIES)]
    return {name: min(boot[name] for boot in boots) for name in boots[0]}


def boot_figures(files):
    """From reset to init by GRUB, without and with the hypervisor."""
    alone = least_of_boots(files, ["boot.sh"], "grub-alone")
    under = least_of_boots(files, ["boot.sh", "under"], "grub")
    return {
        "boot_alone_instructions": alone["boot_instructions"],
        "boot_under_instructions": under["boot_instructions"],
        "boot_ratio": under["boot_instructions"] / alone["boot_instructions"],
        "boot_linux_ratio": under["boot_linux_ns"] / alone["boot_linux_ns"],
        "boot_memory_taken_bytes": alone["boot_memory_bytes"] -
        under["boot_memory_bytes"],
    } | {name: value for name, value in under.items() if "exits" in name}


def fpu_instructions():
    """Of the three functions that each call runs once, returns included."""
    listing = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn",
         os.path.join(BUILD, "hv", "x86", "platform.o")],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    count = 0
    for name in ("save", "reset", "load"):
        body = re.search(rf"<platform_fpu_{name}>:\n(.*?)\bret\b", listing,
                         re.DOTALL)
        count += body.group(1).count("\n") + 1
    return count


def code_lines(text):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)
    return sum(1 for line in text.splitlines() if line.strip())


def count_tcb():
    """What `make tcb` says, or as much as can be counted here."""
    path = os.path.join(BUILD, "tcb.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            tcb = json.load(file)
        if "tcb_c_lines" in tcb:
            return {name: tcb[name] for name in
                    ("tcb_c_lines", "tcb_asm_lines") if name in tcb}
    lines = collections.Counter()
    for folder, _, names in os.walk(os.path.join(TOP, "hv")):
        for name in names:
            ending = os.path.splitext(name)[1]
            if ending in (".c", ".h", ".S"):
                with open(os.path.join(folder, name),
                          encoding="utf-8") as file:
                    lines[ending] += code_lines(file.read())
    return {"tcb_c_lines": lines[".c"] + lines[".h"],
            "tcb_asm_lines": lines[".S"]}


def measure(files, token):
    counted = run_guest("one_cpu.sh", files, "--icount")
    ticks = counted["clock_ticks_per_1000_instructions"][0]
    if ticks != 1000:
        raise RuntimeError(f"{ticks:g} ticks for 1000 instructions: "
                           "the clock does not count instructions")
    results = medians(counted)
    results["pal_cc_seconds"] = time_pal_cc()
    results |= medians(run_guest("longest_exit.sh", files, "--icount"))
    results["pool_add_iommu_instructions"] = run_guest(
        "longest_exit.sh", files, "--icount", *IOMMU)[
            "pool_add_instructions"][0]
    results |= boot_figures(files)
    results |= device_ratios(files)
    results |= medians(run_guest("two_cpus.sh", files))
    results["launch_instructions"] = statistics.median(
        counted["one_cpu launch_instructions"])
    results |= medians(measure_callers(files))
    results |= os_ratios(counted)
    results |= flush_figures(counted)
    results["pal_call_fpu_instructions"] = fpu_instructions()
    results |= token_bench.measure(
        *token, results["pal_call_noop_hv_instructions"])
    results["image_bytes"] = os.path.getsize(
        os.path.join(BUILD, "hv", "palisade.bin"))
    return results | count_tcb() | left_by_others()


# In which file of build/tests which target left what, and how it reads.
LEFT_BY_OTHERS = (
    ("soak_minutes", "soak.log", r"^soak: (\d+) minutes.* 0 failed$"),
    ("coverage_percent", "coverage/figures.json", r'"percent": ([\d.]+)'),
    ("proof_obligations", "verify/figures.json", r'"obligations": (\d+)'),
    ("proof_seconds", "verify/figures.json", r'"seconds": (\d+)'),
)
ATTACKS = "log/attacks-4-cpus.log"
RANDOM_CALLS = 120000    # of tests/attacks/try_random_calls.c on 4 CPUs


def read_left(name):
    path = os.path.join(BUILD, "tests", name)
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def left_by_others():
    """Figures of other targets, as far as they have been run."""
    found = {}
    for key, name, pattern in LEFT_BY_OTHERS:
        match = re.search(pattern, read_left(name), re.MULTILINE)
        if match:
            found[key] = float(match.group(1))
    tried = re.search(r"^ok the_hypervisor_is_launched$(.*)"
                      r"^ok a_good_pal_works_after_the_attacks$",
                      read_left(ATTACKS), re.MULTILINE | re.DOTALL)
    if tried and not re.search("^not ok", tried.group(1), re.MULTILINE):
        found["attacks_held"] = len(
            re.findall("^ok ", tried.group(1), re.MULTILINE))
        if "random_calls_break_nothing" in tried.group(1):
            found["random_calls"] = RANDOM_CALLS
    return found


def when_left(key):
    """The day of a figure that another target left; of others nothing."""
    names = {of: name for of, name, _ in LEFT_BY_OTHERS}
    names |= {"attacks_held": ATTACKS, "random_calls": ATTACKS}
    if key not in names:
        return ""
    return time.strftime("%Y-%m-%d", time.localtime(os.path.getmtime(
        os.path.join(BUILD, "tests", names[key]))))


def show_number(value, unit):
    if unit in ("x", "s"):
        return f"{value:.4f}" if unit == "x" else f"{value:.2f}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}"


def show_ratio(value, limit, peer):
    said = []
    if limit:
        said.append(f"{value / limit:.2f} of {limit:,}")
    if peer and value:
        said.append(f"1/{peer[1] / value:,.{1 if peer[1] < 10 * value else 0}f}"
                    f" of {peer[0]}'s {peer[1]:,}")
    return "; ".join(said)


def print_table(results):
    for row in ROWS:
        if len(row) == 1:
            print(f"\n{row[0]}")
            continue
        key, words, unit, limit, peer = row
        if key not in results:
            print(f"  {words:<33}{'not measured':>13}")
            continue
        number = show_number(results[key], unit)
        print(f"  {words:<33}{number:>13} {unit:<6}"
              f"{show_ratio(results[key], limit, peer)}{when_left(key)}"
              .rstrip())


def write_json(results, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({name: int(value) if value == int(value) else value
                   for name, value in sorted(results.items())},
                  file, indent=1)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+",
                        help="the measuring program and its PALs")
    parser.add_argument("--token", nargs=2, required=True,
                        metavar=("IN", "DISK"),
                        help="what token_bench.py takes")
    options = parser.parse_args()
    try:
        results = measure(options.files, options.token)
    except RuntimeError as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    print_table(results)
    path = os.path.join(BUILD, "bench.json")
    write_json(results, path)
    print(f"\ninsn: executed instructions.  All figures: "
          f"{os.path.relpath(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
