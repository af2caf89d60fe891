# SPDX-License-Identifier: BSD-2-Clause
#
# make run: sign a file under the hypervisor, attack, tell.

RUN_OUT := $(BUILD)/run
FILE ?= /etc/os-release

# The name is the user's: no dollar sign in it is for us or the shell.
run run-file run-test: export RUN_FILE = $(value FILE)
# BOOT=grub and BOOT=uefi have the hypervisor before Linux; CPUS=4 has four.
run run-file: export RUN_BOOT = $(value BOOT)
run run-file: export RUN_CPUS = $(value CPUS)
unexport FILE

# Nothing but one short line for each thing that is built, on all CPUs.
ifneq ($(filter run,$(MAKECMDGOALS)),)
ifneq ($(origin file),undefined)
$(error make run knows FILE=, in capitals, and not file=)
endif
.SILENT:
ifeq ($(filter -j%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc)
endif
endif

$(eval $(call pal_program,$(RUN_OUT)/attempts,\
	tests/run/attempts.c tests/attacks/common_hostile.c \
	tests/attacks/common_process.c))
$(eval $(call guest_copy,$(RUN_OUT)/attempts,usr/bin,run-ready))

run-ready: all $(GUEST_READY) guest-root-hv guest-root-loader guest-root-sdk \
	guest-root-attacks

# Before anything is built.
run-file:
	@tests/run/run.sh check

run: run-file run-ready
	@tests/run/run.sh

run-test: run-ready	## test that make run notices what goes wrong
	tests/run/test.sh

.PHONY: run run-file run-ready run-test
