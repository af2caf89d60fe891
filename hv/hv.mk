# SPDX-License-Identifier: BSD-2-Clause
# The hypervisor: build/hv/palisade.bin, the image that a loader places.

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes \
	    -Wstrict-prototypes -Wswitch-enum -Wvla -Werror

# Position independent, because init() runs where the loader mapped it, before
# the hypervisor's own page tables are in force.
HV_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-common -fpie \
	     -fvisibility=hidden -fno-stack-protector -fcf-protection=none \
	     -fno-asynchronous-unwind-tables -mgeneral-regs-only -mno-red-zone \
	     -fno-tree-loop-distribute-patterns -ffile-prefix-map=$(CURDIR)=. \
	     -Ihv -MMD -MP $(WARNINGS) -Wframe-larger-than=1024

HV_CORE := $(wildcard hv/core/*.c)
HV_SRC := $(HV_CORE) $(wildcard hv/lib/*.c hv/x86/*.c hv/svm/*.c)
HV_ASM := $(wildcard hv/x86/*.S hv/svm/*.S)
HV_OBJ := $(HV_SRC:%.c=$(BUILD)/%.o) $(HV_ASM:%.S=$(BUILD)/%.S.o)

$(BUILD)/hv/%.o: hv/%.c hv/hv.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HV_CFLAGS) -c $< -o $@

$(BUILD)/hv/%.S.o: hv/%.S hv/hv.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HV_CFLAGS) -c $< -o $@

$(BUILD)/hv/palisade.elf: $(HV_OBJ) hv/x86/image.ld
	$(call say,LD,$@)
	$(Q)$(LD) -nostdlib -static --build-id=none -z max-page-size=4096 \
	      -z noexecstack --fatal-warnings --orphan-handling=error \
	      -T hv/x86/image.ld -o $@ $(HV_OBJ)

$(BUILD)/hv/palisade.bin: $(BUILD)/hv/palisade.elf
	$(Q)objcopy -O binary $< $@

hv: $(BUILD)/hv/palisade.bin	## build the hypervisor's image
all: hv
.PHONY: hv
-include $(HV_OBJ:.o=.d)

$(GUEST_ROOT)/lib/palisade/palisade.bin: $(BUILD)/hv/palisade.bin
	@mkdir -p $(@D)
	@cp $< $@

guest-root-hv: $(GUEST_ROOT)/lib/palisade/palisade.bin
.PHONY: guest-root-hv
