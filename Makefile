# SPDX-License-Identifier: BSD-2-Clause
#
# Everything is built from here: one make, no recursion (the kernel's own build
# of palisade.ko is the one exception), all output below build/.
# `make help` lists what can be asked for.  Each folder brings its own part.

BUILD := build
# Kept by `make clean`: what took a download to get.
DOWNLOAD := $(BUILD)/download

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# `make V=1` shows each command, otherwise one short line for each file.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' '$(1)' '$(2)')

all:	## build everything

include tests/guest/guest.mk
-include hv/hv.mk
-include crypto/crypto.mk
-include pal-sdk/pal-sdk.mk
-include crypto/notary/notary.mk
-include loader/loader.mk
-include loader/grub/grub.mk
-include examples/examples.mk
-include tests/tests.mk
-include pal-sdk/install/install.mk

help:	## this list
	@echo 'make run [FILE=path]   sign a file in a guest under the hypervisor'
	@echo '         [BOOT=grub]   GRUB starts the hypervisor before Linux; BOOT=uefi'
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | \
	 sed -E 's/^([a-z-]+):.*##[[:space:]]*/\1\t/' | \
	 awk -F'\t' '{ printf "make %-17s %s\n", $$1, $$2 }' | sort -u

.PHONY: all help
