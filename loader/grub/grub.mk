# SPDX-License-Identifier: BSD-2-Clause
#
# build/loader/grub/palisade.elf: what GRUB loads, with the hypervisor inside.

GRUB_OUT := $(BUILD)/loader/grub
GRUB_SOURCES := $(wildcard loader/grub/*.c) crypto/notary/policy.c \
	crypto/tpm/message.c pal-sdk/tpm/tpm_root.c hv/lib/printf.c hv/lib/string.c
GRUB_ASM := $(wildcard loader/grub/*.S)
GRUB_OBJECTS := $(GRUB_SOURCES:%.c=$(GRUB_OUT)/%.o) \
	$(GRUB_ASM:%.S=$(GRUB_OUT)/%.S.o)

# The last 2 GiB of the address space are mapped to the first of memory.
GRUB_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-pic -fno-pie \
	-mcmodel=kernel -mgeneral-regs-only -mno-red-zone \
	-fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
	-ffile-prefix-map=$(CURDIR)=. -Ihv -Iloader/grub -Icrypto -Ipal-sdk -MMD -MP $(WARNINGS)

$(GRUB_OUT)/%.o: %.c loader/grub/grub.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(GRUB_CFLAGS) -c $< -o $@

$(GRUB_OUT)/%.S.o: %.S $(BUILD)/hv/palisade.bin loader/grub/grub.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(GRUB_CFLAGS) -DHYPERVISOR_IMAGE='"$(BUILD)/hv/palisade.bin"' \
		-c $< -o $@

$(GRUB_OUT)/stub.ld: loader/grub/stub.lds loader/grub/layout.h
	@mkdir -p $(@D)
	$(Q)$(CC) -E -P -x c -Iloader/grub -o $@ $<

$(GRUB_OUT)/palisade.elf: $(GRUB_OBJECTS) $(GRUB_OUT)/stub.ld
	$(call say,LD,$@)
	$(Q)$(CC) -nostdlib -static -no-pie -Wl,--build-id=none \
		-Wl,-z,noexecstack -Wl,-z,max-page-size=4096 \
		-Wl,-T,$(GRUB_OUT)/stub.ld -Wl,--no-warn-rwx-segments \
		-o $@ $(GRUB_OBJECTS)

-include $(GRUB_OBJECTS:.o=.d)

loader-grub:	## build what GRUB loads
loader-grub: $(GRUB_OUT)/palisade.elf
all: loader-grub

check-grub: $(GRUB_OUT)/palisade.elf $(BUILD)/pal-sdk/pal	## test palisade-install
	@loader/grub/test_install.sh $(BUILD)

check-secure-boot: system-ready	## Secure Boot with each file altered in turn (5 min)
	@mkdir -p $(BUILD)/tests/log
	@tests/system/secure_test $(BUILD)/tests/log all

check-root: system-ready token-test-ready	## sealing roots that GRUB brings, the TPM's too (2 min)
	@mkdir -p $(BUILD)/tests/log
	@tests/system/root_test $(BUILD)/tests/log all

.PHONY: check-root loader-grub check-grub check-secure-boot
