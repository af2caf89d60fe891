# SPDX-License-Identifier: BSD-2-Clause
#
# Tests of the whole in the guest, and `make test`, which runs everything.
#
#   make system-ready                      build what a run in the guest needs
#   tests/guest/vm tests/system/suite.sh   all programs; see suite.sh for some
#
# Each test_*.c is a program, each pals/*.c a PAL; both lie in the guest in
# /usr/lib/palisade/tests.  README.md says how to add one.

SYSTEM := tests/system
SYSTEM_OUT := $(BUILD)/tests/system
SYSTEM_GUEST := usr/lib/palisade/tests
SYSTEM_PROGRAMS := $(notdir $(basename $(wildcard $(SYSTEM)/test_*.c \
	$(SYSTEM)/helper_*.c)))
SYSTEM_PALS := $(notdir $(basename $(wildcard $(SYSTEM)/pals/*.c)))
SYSTEM_SCRIPTS := $(SYSTEM)/lib.sh $(wildcard $(SYSTEM)/*_cases.sh \
	$(SYSTEM)/test_*.sh)
SYSTEM_COMMON := $(SYSTEM)/case.c $(SYSTEM)/cpu.c $(SYSTEM)/fresh.c

$(foreach name,$(SYSTEM_PROGRAMS),\
	$(eval $(call pal_program,$(SYSTEM_OUT)/$(name),\
		$(SYSTEM)/$(name).c $(SYSTEM_COMMON)))\
	$(eval $(call guest_copy,$(SYSTEM_OUT)/$(name),$(SYSTEM_GUEST),guest-root-system)))
$(foreach name,$(SYSTEM_PALS),\
	$(eval $(call pal_image,$(SYSTEM_OUT)/$(name),\
		$(SYSTEM)/pals/$(name).c $(wildcard $(SYSTEM)/pals/$(name)_*.S)))\
	$(eval $(call guest_copy,$(SYSTEM_OUT)/$(name).pal,$(SYSTEM_GUEST),guest-root-system)))
$(foreach file,$(SYSTEM_SCRIPTS),\
	$(eval $(call guest_copy,$(file),$(SYSTEM_GUEST),guest-root-system)))

guest-root-system:

system-ready: all $(GUEST_READY) guest-root-hv guest-root-loader \
	guest-root-sdk guest-root-system

# The other parts' test targets, as far as they are there, are named in
# test_all.  It goes on after a failure and adds everything up.
test:	## run all tests
	+@$(SYSTEM)/test_all "$(MAKE)"

.PHONY: test system-ready guest-root-system
