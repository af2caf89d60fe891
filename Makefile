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

# A variable of the command line that nobody asks for is a misspelt one.  The
# files are read whole; a script takes those of SCRIPT_VARIABLES by itself.
MAKEFILE_TEXT := $(foreach part,Makefile $(wildcard *.mk */*.mk */*/*.mk),\
	$(file <$(part)))
SCRIPT_VARIABLES := CHECK_LIMIT RUN_KERNEL RUN_VM
is_known = $(or $(findstring $$($(1)),$(MAKEFILE_TEXT)),\
	$(findstring $$(value $(1)),$(MAKEFILE_TEXT)),\
	$(filter $(1),$(SCRIPT_VARIABLES)))
$(foreach word,$(MAKEOVERRIDES),$(foreach name,$(firstword $(subst =, ,$(word))),\
	$(if $(filter command,$(firstword $(origin $(name)))),\
		$(if $(call is_known,$(name)),,$(error There is no variable \
			$(name) to set; `make help` shows FILE and others)))))

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
