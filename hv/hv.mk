# SPDX-License-Identifier: BSD-2-Clause
# The hypervisor: build/hv/palisade.bin, the image that a loader places.

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes \
	    -Wstrict-prototypes -Wswitch-enum -Wvla -Werror

# Position independent, because init() runs where the loader mapped it, before
# the hypervisor's own page tables are in force.  No jump tables: a guest could
# steer their indirect jumps, and comparisons are shorter on the paths of a call.
# Linked as a whole (LTO), a call crosses the layers' borders without calls of
# functions; the objects are complete too, for tools that look into them.
HV_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-common -fpie \
	     -fvisibility=hidden -fno-stack-protector -fcf-protection=none \
	     -fno-asynchronous-unwind-tables -mgeneral-regs-only -mno-red-zone \
	     -fno-tree-loop-distribute-patterns -fno-jump-tables \
	     -flto -ffat-lto-objects -ffile-prefix-map=$(CURDIR)=. \
	     -Ihv -MMD -MP $(WARNINGS) -Wframe-larger-than=1024

HV_SRC := $(wildcard hv/core/*.c hv/lib/*.c hv/x86/*.c hv/svm/*.c \
		     hv/iommu/*.c)
HV_ASM := $(wildcard hv/x86/*.S hv/svm/*.S)
# Only a debug image checks itself, and can fail on purpose.
HV_DEBUG_SRC := hv/core/debug.c hv/x86/crash_test.c

# The notary is a PAL, so the SDK is built first.
NOTARY_IMAGE := $(BUILD)/crypto/notary/notary.pal
$(BUILD)/hv/x86/notary_image.S.o $(BUILD)/hv-debug/x86/notary_image.S.o: \
	$(NOTARY_IMAGE)

# $(1): the folder in build/, $(2): its sources, $(3): 1 for a debug build.
define hv_image
$(BUILD)/$(1)/%.o: hv/%.c hv/hv.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(CC) $$(HV_CFLAGS) -DHV_DEBUG=$(3) -c $$< -o $$@

$(BUILD)/$(1)/%.S.o: hv/%.S hv/hv.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(CC) $$(HV_CFLAGS) -DNOTARY_IMAGE='"$(NOTARY_IMAGE)"' \
		-c $$< -o $$@

$(BUILD)/$(1)/palisade.elf: $(2:hv/%=$(BUILD)/$(1)/%.o) hv/x86/image.ld
	$$(call say,LD,$$@)
	$$(Q)$$(CC) $$(HV_CFLAGS) -nostdlib -static -no-pie -Wl,--build-id=none \
	      -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack \
	      -Wl,--fatal-warnings -Wl,--orphan-handling=error \
	      -Wl,-T,hv/x86/image.ld -o $$@ $$(filter %.o,$$^)

$(BUILD)/$(1)/palisade.bin: $(BUILD)/$(1)/palisade.elf
	$$(Q)objcopy -O binary $$< $$@

-include $(patsubst hv/%,$(BUILD)/$(1)/%.d,$(2))
endef
HV_RELEASE := $(patsubst %.c,%,$(filter-out $(HV_DEBUG_SRC),$(HV_SRC)))
HV_DEBUG := $(patsubst %.c,%,$(HV_SRC))
$(eval $(call hv_image,hv,$(HV_RELEASE) $(HV_ASM),0))
$(eval $(call hv_image,hv-debug,$(HV_DEBUG) $(HV_ASM),1))

$(GUEST_ROOT)/lib/palisade/palisade.bin: $(BUILD)/hv/palisade.bin
	@mkdir -p $(@D)
	@cp $< $@

$(GUEST_ROOT)/lib/palisade/palisade-debug.bin: $(BUILD)/hv-debug/palisade.bin
	@mkdir -p $(@D)
	@cp $< $@

hv:	## build the hypervisor's image, and one that checks itself
hv: $(BUILD)/hv/palisade.bin $(BUILD)/hv-debug/palisade.bin
all: hv
guest-root-hv: $(GUEST_ROOT)/lib/palisade/palisade.bin \
	       $(GUEST_ROOT)/lib/palisade/palisade-debug.bin
.PHONY: hv guest-root-hv
