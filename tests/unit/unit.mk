# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests: the hypervisor's core, unmodified, on a fake machine.
#
#   make check-unit       under the address and the undefined-behaviour sanitizer
#   make coverage         which lines of hv/core the same tests reach; too few
#                         of them is a failure
#
# Each tests/unit/test_x.c is a program of its own.

UNIT_SRC := tests/unit
UNIT_OUT := $(BUILD)/tests/unit
COVER_OUT := $(BUILD)/tests/coverage

UNIT_NAMES := $(patsubst $(UNIT_SRC)/test_%.c,%,$(wildcard $(UNIT_SRC)/test_*.c))
UNIT_FAKES := $(filter-out $(UNIT_SRC)/test_%.c,$(wildcard $(UNIT_SRC)/*.c))
UNIT_REAL := $(wildcard hv/core/*.c) hv/lib/printf.c hv/x86/capture.c \
	$(addprefix hv/svm/,npt_format.c svm.c translate.c intercept.c) \
	$(addprefix loader/grub/,info.c memory.c acpi.c linux.c efi.c \
		firmware.c elf.c handoff.c multiboot.c program.c root.c) \
	crypto/tpm/message.c pal-sdk/tpm/tpm_root.c \
	$(addprefix hv/iommu/,amd_vi.c vt_d.c table.c ivrs.c dmar.c)

UNIT_CFLAGS := -std=gnu11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer \
	-Ihv -I$(UNIT_SRC) -Iloader/grub -Icrypto -Ipal-sdk -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes -Wswitch-enum -Wvla -pthread -MMD -MP
UNIT_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
# These are returned only where two CPUs meet at one instruction.
COVER_RACES := pal_stay.c:HV_EBUSY pal_peer.c:HV_EBUSY
COVER_FLAGS := --coverage -fprofile-update=atomic

# The hypervisor's memory functions, under names beside the host's own.
UNIT_STRING := $(foreach name,memset memcpy memcmp strlen,-D$(name)=hv_$(name)) \
	-fno-builtin -fno-tree-loop-distribute-patterns

# $(1): folder; $(2): what makes this variant
define unit_rules
$(1)/hv/lib/string.o: UNIT_EXTRA := $(UNIT_STRING)
$(1)/%.o: %.c $(UNIT_SRC)/unit.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$(Q)$(CC) $(UNIT_CFLAGS) $(2) $$(UNIT_EXTRA) -c -o $$@ $$<

$(1)/core.a: $(patsubst %.c,$(1)/%.o,$(UNIT_FAKES) $(UNIT_REAL) hv/lib/string.c)
	$(Q)rm -f $$@
	$(Q)$(AR) rcsD $$@ $$^

$(1)/test_%: $(1)/$(UNIT_SRC)/test_%.o $(1)/core.a
	$$(call say,LD,$$@)
	$(Q)$(CC) -pthread $(2) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^)

# The others have a fake in its place.
$(1)/test_iommu_units $(1)/test_vt_d: $(1)/hv/iommu/iommu.o

-include $(patsubst %.c,$(1)/%.d,$(UNIT_FAKES) $(UNIT_REAL) hv/lib/string.c \
	$(UNIT_NAMES:%=$(UNIT_SRC)/test_%.c))
endef
$(eval $(call unit_rules,$(UNIT_OUT),$(UNIT_SANITIZE)))
$(eval $(call unit_rules,$(COVER_OUT),$(COVER_FLAGS)))

UNIT_TESTS := $(UNIT_NAMES:%=$(UNIT_OUT)/test_%)

unit: $(UNIT_TESTS)

check-ready: $(UNIT_TESTS)
check-unit: $(UNIT_TESTS)	## test the core on the host
	@$(UNIT_SRC)/run.sh $^

coverage: $(UNIT_NAMES:%=$(COVER_OUT)/test_%)	## lines of hv/core that the unit tests reach
	@find $(COVER_OUT) -name '*.gcda' -delete
	@$(UNIT_SRC)/run.sh $^ >/dev/null
	@gcov -t $(patsubst %.c,$(COVER_OUT)/%.o,$(filter hv/core/%,$(UNIT_REAL))) | \
		awk -v least=95 -v races="$(COVER_RACES)" \
			-v figures=$(COVER_OUT)/figures.json \
			-f $(UNIT_SRC)/coverage.awk

.PHONY: unit check-unit coverage
.SECONDARY: $(foreach out,$(UNIT_OUT) $(COVER_OUT),\
	$(UNIT_NAMES:%=$(out)/$(UNIT_SRC)/test_%.o))
