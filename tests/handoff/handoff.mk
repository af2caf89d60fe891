# SPDX-License-Identifier: BSD-2-Clause
#
# Kernels that tell on the serial port what a boot loader handed them; `compare`
# boots them with and without Palisade.

HANDOFF_SRC := tests/handoff
HANDOFF_OUT := $(BUILD)/tests/handoff
HANDOFF_CFLAGS := -std=gnu11 -O2 -m32 -march=i686 -ffreestanding -fno-pic \
	-fno-stack-protector -fcf-protection=none -mgeneral-regs-only \
	-fno-asynchronous-unwind-tables -I$(HANDOFF_SRC) -Wall -Wextra -Werror
HANDOFF_KERNELS := $(addprefix $(HANDOFF_OUT)/,multiboot multiboot64 addresses \
	bzimage bzimage-low)

# $(1): name, $(2): sources, $(3): base, $(4): data, $(5): before it, $(6): flags
define handoff_kernel
$(HANDOFF_OUT)/$(1).elf: $(2:%=$(HANDOFF_SRC)/%) \
		$(addprefix $(HANDOFF_SRC)/,report.lds layout.h print.h handoff.mk)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$$(CC) -E -P -x c -I$(HANDOFF_SRC) -DBASE=$(3) "-DDATA=$(strip $(4))" \
		-DHEADER_SIZE=$(5) -o $$@.ld $(HANDOFF_SRC)/report.lds
	$(Q)$$(CC) $(HANDOFF_CFLAGS) $(6) -nostdlib -static -no-pie \
		-Wl,--build-id=none,--no-warn-rwx-segments,-T,$$@.ld -o $$@ \
		$(2:%=$(HANDOFF_SRC)/%)
endef

HANDOFF_MULTIBOOT := start_multiboot.S state.S print.c report_multiboot.c
HANDOFF_LINUX := start_linux.S state.S print.c report_linux.c
$(eval $(call handoff_kernel,multiboot,$(HANDOFF_MULTIBOOT),MULTIBOOT_BASE,\
	MULTIBOOT_BASE + DATA_DISTANCE,0))
$(eval $(call handoff_kernel,addresses,$(HANDOFF_MULTIBOOT),MULTIBOOT_BASE,\
	.,0,-DADDRESSES))
$(eval $(call handoff_kernel,bzimage,$(HANDOFF_LINUX),0x2000000,.,1024,\
	-DRELOCATABLE=1))
$(eval $(call handoff_kernel,bzimage-low,$(HANDOFF_LINUX),0x100000,.,1024,\
	-DRELOCATABLE=0))

$(HANDOFF_OUT)/multiboot: $(HANDOFF_OUT)/multiboot.elf
	$(Q)cp $< $@
$(HANDOFF_OUT)/multiboot64: $(HANDOFF_OUT)/multiboot.elf
	$(Q)objcopy -I elf32-i386 -O elf64-x86-64 $< $@
$(HANDOFF_OUT)/addresses $(HANDOFF_OUT)/bzimage $(HANDOFF_OUT)/bzimage-low: \
$(HANDOFF_OUT)/%: $(HANDOFF_OUT)/%.elf
	$(Q)objcopy -O binary $< $@

handoff: $(HANDOFF_KERNELS)
all: handoff

check-handoff: handoff $(GRUB_OUT)/palisade.elf	## compare what an OS is handed, in all its forms
	@$(HANDOFF_SRC)/compare $(BUILD)/tests/log all

.PHONY: handoff check-handoff
