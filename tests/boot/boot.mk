# SPDX-License-Identifier: BSD-2-Clause
#
# A disk with a boot sector of the tests' own: tests/boot/README.md.

BOOT := tests/boot
BOOT_OUT := $(BUILD)/tests/boot
BOOT_CFLAGS := -std=gnu11 -Os -ffreestanding -fno-pic -fno-pie \
	-mgeneral-regs-only -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
	-I$(BOOT) -MMD -MP $(WARNINGS)
BOOT_LD := $(CC) -nostdlib -static -no-pie -Wl,--build-id=none \
	-Wl,-z,noexecstack -Wl,--no-warn-rwx-segments

$(BOOT_OUT)/%.16.o: $(BOOT)/%.c $(BOOT)/boot.mk
	@mkdir -p $(@D)
	$(Q)$(CC) -m16 $(BOOT_CFLAGS) -c -o $@ $<

$(BOOT_OUT)/%.S.o: $(BOOT)/%.S $(BOOT)/boot.mk
	@mkdir -p $(@D)
	$(Q)$(CC) -m32 $(BOOT_CFLAGS) -c -o $@ $<

$(BOOT_OUT)/sector.elf: $(BOOT_OUT)/sector.S.o
	$(Q)$(BOOT_LD) -m32 -Wl,-Ttext=0x7c00 -o $@ $^

BOOT_REAL := real.S.o bios.16.o print.16.o
$(BOOT_OUT)/real.elf: $(addprefix $(BOOT_OUT)/,$(BOOT_REAL)) $(BOOT)/real.lds
	$(Q)$(BOOT_LD) -m32 -Wl,-T,$(BOOT)/real.lds -o $@ $(filter %.o,$^)

$(BOOT_OUT)/%.bin: $(BOOT_OUT)/%.elf
	$(Q)objcopy -O binary -j .text -j .rodata -j .data $< $@

BOOT_IMAGES := $(addprefix $(BOOT_OUT)/,real.bin)

# 512 bytes, then 32 KiB for each image; 16 MiB, as disks have a geometry.
$(BOOT_OUT)/disk.img: $(BOOT_OUT)/sector.bin $(BOOT_IMAGES)
	$(Q)cp $(BOOT_OUT)/sector.bin $@
	$(Q)truncate -s 16M $@
	$(Q)at=1; for image in $(BOOT_IMAGES); do \
		dd if=$$image of=$@ bs=512 seek=$$at conv=notrunc status=none; \
		at=$$((at + 64)); done

-include $(BOOT_OUT)/*.d

check-boot: $(BOOT_OUT)/disk.img $(BUILD)/loader/grub/palisade.elf	## boot a disk of the tests' own, without and under Palisade
	@$(BOOT)/run $(BUILD)/tests/log

.PHONY: check-boot
