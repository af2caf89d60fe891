# SPDX-License-Identifier: BSD-2-Clause
#
# The attack suite: a hostile kernel module for each kernel, and the programs
# that have it attack.
#
#   build/attacks/VERSION/attack.ko
#   build/guest/root/lib/attacks/attack-VERSION.ko, lib/attacks/
#                           (guest-root-attacks)

ATTACKS := tests/attacks
ATTACKS_OUT := $(BUILD)/attacks
ATTACK_MODULE_SOURCES := $(wildcard $(ATTACKS)/module/*.[ch]) \
	$(ATTACKS)/module/Kbuild
ATTACK_ABI := $(wildcard hv/abi/*.h)
# Programs: one for each attack, or for each group of one kind.
ATTACK_PROGRAMS := $(notdir $(basename $(wildcard \
	$(ATTACKS)/try_*.c $(ATTACKS)/works_*.c $(ATTACKS)/helper_*.c)))
ATTACK_COMMON := $(wildcard $(ATTACKS)/common_*.c)
ATTACK_CASE := tests/system/case.c
ATTACK_PALS := secret evil

# As loader/loader.mk does, and for the same reason.
define attack_module
$(ATTACKS_OUT)/$(1)/attack.ko: $(ATTACK_MODULE_SOURCES) $(ATTACK_ABI) \
		$(ATTACKS)/attacks.mk | $(KERNEL_$(1)_READY)
	@mkdir -p $$(@D)/abi
	@cp -u $(ATTACK_MODULE_SOURCES) $$(@D)
	@cp -u $(ATTACK_ABI) $$(@D)/abi
	$$(call build_module,$(1),$$(@D)) W=1 KCFLAGS=-Werror
	@touch $$@

$(GUEST_ROOT)/lib/attacks/attack-$(1).ko: $(ATTACKS_OUT)/$(1)/attack.ko
	@mkdir -p $$(@D)
	@objcopy --strip-debug $$< $$@

ATTACK_GUEST += $(GUEST_ROOT)/lib/attacks/attack-$(1).ko
endef
$(foreach kernel,$(GUEST_KERNELS),$(eval $(call attack_module,$(kernel))))

$(foreach name,$(ATTACK_PROGRAMS),\
	$(eval $(call pal_program,$(ATTACKS_OUT)/$(name),\
		$(ATTACKS)/$(name).c $(ATTACK_COMMON) $(ATTACK_CASE)))\
	$(eval $(call guest_copy,$(ATTACKS_OUT)/$(name),lib/attacks,guest-root-attacks)))
$(foreach name,$(ATTACK_PALS),\
	$(eval $(call pal_image,$(ATTACKS_OUT)/$(name),$(ATTACKS)/$(name)_pal.c))\
	$(eval $(call guest_copy,$(ATTACKS_OUT)/$(name).pal,lib/attacks,guest-root-attacks)))

# The frame is tests/system's.
guest-root-attacks: $(ATTACK_GUEST) guest-root-system

attacks:	## build the attack suite
attacks: system-ready guest-root-attacks

reset-test:	## end the machine in every way, and search its RAM
reset-test: all sdk $(GUEST_READY) guest-root-hv guest-root-loader \
		guest-root-sdk guest-root-attacks
	@mkdir -p $(BUILD)/tests/log
	@$(ATTACKS)/reset_test $(BUILD)/tests/log all
	@tests/guest/vm --append crashkernel=256M \
		--in $(BUILD)/download/kernel-6.1/vmlinuz \
		$(ATTACKS)/crash_kernel.sh

MINUTES ?= 5
SOAK_LOG := $(BUILD)/tests/soak.log

# A busy machine takes its time before and after.
soak:	## everything at once in the guest, MINUTES=n; then nothing is lost
soak: system-ready guest-root-attacks
	@mkdir -p $(dir $(SOAK_LOG))
	@tests/guest/vm --cpus 4 --timeout $$(($(MINUTES) * 120 + 1500)) \
		$(ATTACKS)/soak.sh $(MINUTES) >$(SOAK_LOG); \
	status=$$?; cat $(SOAK_LOG); \
	[ $$status -eq 0 ] && ! grep -q '^not ok' $(SOAK_LOG)

.PHONY: soak reset-test attacks guest-root-attacks
