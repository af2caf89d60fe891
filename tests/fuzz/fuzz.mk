# SPDX-License-Identifier: BSD-2-Clause
#
# Fuzzing the parsers of foreign bytes, and the core under a hostile OS, the
# real ones, with libFuzzer.
#
#	make check-fuzz			a fixed number of runs, the same each time
#	make fuzz SECONDS=600		that long for each target
#	make fuzz SECONDS=600 FUZZ=key	for this one
#
# What is new in a run stays in build/tests/fuzz/found/; what is worth keeping
# goes to tests/fuzz/corpus/ by hand, small.  A crash is a file of its own
# there: `build/tests/fuzz/fuzz_key FILE` does it again.

FUZZ_SRC := tests/fuzz
FUZZ_OUT := $(BUILD)/tests/fuzz
FUZZ_CC := clang
FUZZ_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -Wall -Wextra -Werror -Ihv -Icrypto \
	-Ipal-sdk -Ipal-sdk/include -I$(FUZZ_SRC) -I$(UNIT_SRC) -Iloader/grub \
	$(HOSTCRYPTO_CFLAGS)

# Targets: the sources that each judges, and the fixed number of its runs.
FUZZ_image := hv/core/pal_image.c pal-sdk/tool/image_check.c
FUZZ_RUNS_image := 300000
FUZZ_policy := crypto/notary/policy.c
FUZZ_RUNS_policy := 300000
FUZZ_policy_text := crypto/notary/policy.c $(addprefix pal-sdk/tool/,\
	policy_text.c policy_lines.c policy_rules.c policy_values.c hex.c)
FUZZ_RUNS_policy_text := 100000
FUZZ_notary := $(NOTARY_SOURCES) crypto/test/notary_outside.c
FUZZ_RUNS_notary := 5000
FUZZ_key := crypto/notary/signature.c \
	$(addprefix pal-sdk/,tool/key.c host/file.c host/error.c)
FUZZ_RUNS_key := 20000
FUZZ_pald := pal-sdk/host/pald_protocol.c pal-sdk/pald/config.c
FUZZ_RUNS_pald := 200000
FUZZ_seal := $(NOTARY_SERVICE)
FUZZ_RUNS_seal := 20000
FUZZ_keypal := $(filter-out %/vault.c,$(KEY_PAL_SOURCES)) \
	$(addprefix pal-sdk/pkcs11/test/,fake_vault.c hostile_host.c)
FUZZ_RUNS_keypal := 5000
FUZZ_grub := loader/grub/info.c loader/grub/memory.c loader/grub/acpi.c \
	$(addprefix loader/grub/,efi.c elf.c multiboot.c)
FUZZ_RUNS_grub := 200000
FUZZ_iommu := $(addprefix hv/iommu/,table.c ivrs.c dmar.c)
FUZZ_RUNS_iommu := 300000
FUZZ_core := $(filter hv/core/% hv/lib/%,$(UNIT_REAL)) \
	$(addprefix hv/svm/,npt_format.c translate.c intercept.c) \
	$(addprefix $(UNIT_SRC)/,fake_hostile.c fake_iommu.c fake_machine.c \
		fake_platform.c fake_vendor.c history.c invariants.c)
FUZZ_RUNS_core := 500
FUZZ_TARGETS := core grub image iommu policy policy_text notary seal key pald \
	keypal
FUZZ_LENGTH := 16384

fuzz_object = $(patsubst %,$(FUZZ_OUT)/objects/%.o,$(1))

$(FUZZ_OUT)/objects/%.c.o: %.c $(FUZZ_SRC)/fuzz.mk | $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

# $(1): name
define fuzz_target
$(FUZZ_OUT)/fuzz_$(1): $(call fuzz_object,$(FUZZ_SRC)/fuzz_$(1).c \
		$(FUZZ_$(1))) $(HOSTCRYPTO_LIB)
	$$(call say,LD,$$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $$@ $$^ \
		$(HOSTCRYPTO_LDLIBS)
-include $(patsubst %.o,%.d,$(call fuzz_object,$(FUZZ_SRC)/fuzz_$(1).c \
		$(FUZZ_$(1))))
endef
$(foreach name,$(FUZZ_TARGETS),$(eval $(call fuzz_target,$(name))))

FUZZ ?= $(FUZZ_TARGETS)
SECONDS ?= 10

fuzz: $(FUZZ_TARGETS:%=$(FUZZ_OUT)/fuzz_%)	## fuzz core and parsers, SECONDS=n for each
	@failed=0; for name in $(FUZZ); do \
		$(FUZZ_SRC)/run.sh $(FUZZ_OUT) $$name $(FUZZ_LENGTH) \
			-max_total_time=$(SECONDS) || failed=1; \
	done; exit $$failed

check-fuzz: $(FUZZ_TARGETS:%=$(FUZZ_OUT)/fuzz_%)	## fuzz core and parsers a moment, the same each time
	@failed=0; $(foreach name,$(FUZZ_TARGETS),\
		$(FUZZ_SRC)/run.sh $(FUZZ_OUT) $(name) $(FUZZ_LENGTH) -seed=1 \
			-runs=$(FUZZ_RUNS_$(name)) || failed=1;) exit $$failed

.PHONY: fuzz check-fuzz
