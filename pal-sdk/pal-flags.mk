# SPDX-License-Identifier: BSD-2-Clause
#
# How code that runs inside a PAL is compiled and linked: freestanding, at a
# fixed address below 1 GiB, without relocations, SSE2 at most, and so that the
# same source gives the same bytes in whichever folder it is built.
# A makefile that builds PAL code includes this and uses PAL_CFLAGS (plus
# PAL_WARNINGS for our own sources) and PAL_LDFLAGS (plus its linker script).
# Including it twice is harmless.

BUILD ?= build

# The compiler's own headers (stddef.h, stdint.h, immintrin.h) and no others.
PAL_CC_INCLUDE := $(shell $(CC) -print-file-name=include)
PAL_LIBC_INCLUDE := pal-sdk/libc/include

# -fbuiltin undoes what -ffreestanding takes away: without it each memcpy of
# 16 bytes is a call, and AES-GCM 3 to 16 times slower.
# -U: gcc defines these also when freestanding; Mbed TLS would want getpid().
PAL_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fbuiltin \
	-m64 -march=x86-64 -mcmodel=small -fno-pic -fno-pie \
	-fno-common -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fstack-protector-strong -mstack-protector-guard=global \
	-fcf-protection=none -fno-strict-aliasing \
	-ffile-prefix-map=$(CURDIR)=. \
	-Uunix -U__unix -U__unix__ -Ulinux -U__linux__ -U__linux -U__gnu_linux__ \
	-nostdinc -isystem $(PAL_LIBC_INCLUDE) -isystem $(PAL_CC_INCLUDE)

PAL_WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef -Wvla -Wpointer-arith -Wwrite-strings

# No build-id: it hashes the paths in the debug information.
PAL_LDFLAGS := -nostdlib -static -no-pie -Wl,--gc-sections \
	-Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
	-Wl,--no-undefined -Wl,--fatal-warnings

# And for debug PALs: so that a fault can tell who called whom.
PAL_DEBUG_CFLAGS := -fno-omit-frame-pointer -mno-omit-leaf-frame-pointer
