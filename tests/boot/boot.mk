# SPDX-License-Identifier: BSD-2-Clause
#
# A disk with a boot sector of the tests' own: tests/boot/README.md.

BOOT_TESTS := tests/boot
BOOT_OUT := $(BUILD)/tests/boot
BOOT_CFLAGS := -std=gnu11 -Os -ffreestanding -fno-pic -fno-pie \
	-mgeneral-regs-only -fno-stack-protector -fcf-protection=none \
	-fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns \
	-I$(BOOT_TESTS) -MMD -MP $(WARNINGS)
BOOT_LD := $(CC) -nostdlib -static -no-pie -Wl,--build-id=none \
	-Wl,-z,noexecstack -Wl,--no-warn-rwx-segments


# The three images: the bits, where its segments begin, where it is in them.
BOOT_16 := -m16 -DIMAGE_BITS=16 -DIMAGE_BASE=0x10000 -DIMAGE_AT=0 -DWIDE='"l"'
BOOT_32 := -m32 -DIMAGE_BITS=32 -DIMAGE_BASE=0 -DIMAGE_AT=0x18000 -DWIDE='"l"'
BOOT_64 := -m64 -mno-red-zone -DIMAGE_BITS=64 -DIMAGE_BASE=0 \
	-DIMAGE_AT=0x20000 -DWIDE='"q"'
BOOT_ASM_16 := $(patsubst -m16,-m32,$(BOOT_16)) -DAX=eax -DSP=esp
BOOT_ASM_32 := $(BOOT_32) -DAX=eax -DSP=esp
BOOT_ASM_64 := $(BOOT_64) -DAX=rax -DSP=rsp
BOOT_LD_16 := -m32
BOOT_LD_32 := -m32

BOOT_ALL := instructions.o print.o probe_lists.o probes.o tables.o sequences.S.o \
	ap.S.o
BOOT_OBJECTS_16 := real.S.o bios.o main16.o reset.o trap_real.S.o trap_protected.S.o
BOOT_OBJECTS_32 := start32.S.o main32.o trap_protected.S.o
BOOT_OBJECTS_64 := main64.o trap_long.S.o

# $(1): 16, 32 or 64
define boot_image
$(BOOT_OUT)/$(1)/%.o: $(BOOT_TESTS)/%.c $(BOOT_TESTS)/boot.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(BOOT_$(1)) $$(BOOT_CFLAGS) -c -o $$@ $$<

$(BOOT_OUT)/$(1)/%.S.o: $(BOOT_TESTS)/%.S $(BOOT_TESTS)/boot.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(BOOT_ASM_$(1)) $$(BOOT_CFLAGS) -c -o $$@ $$<

$(BOOT_OUT)/$(1)/image.ld: $(BOOT_TESTS)/image.lds $(BOOT_TESTS)/boot.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -E -P -x c $$(BOOT_$(1)) -o $$@ $$<

$(BOOT_OUT)/$(1)/image.elf: $(BOOT_OUT)/$(1)/image.ld \
		$(addprefix $(BOOT_OUT)/$(1)/,$(BOOT_OBJECTS_$(1)) $(BOOT_ALL))
	$$(Q)$$(BOOT_LD) $(BOOT_LD_$(1)) -Wl,-T,$$< -o $$@ $$(filter %.o,$$^)
endef
$(foreach bits,16 32 64,$(eval $(call boot_image,$(bits))))

$(BOOT_OUT)/sector.elf: $(BOOT_OUT)/16/sector.S.o
	$(Q)$(BOOT_LD) -m32 -Wl,-Ttext=0x7c00 -o $@ $^

$(BOOT_OUT)/%.bin: $(BOOT_OUT)/%.elf
	$(Q)objcopy -O binary -j .text -j .rodata -j .data $< $@

BOOT_IMAGES := $(foreach bits,16 32 64,$(BOOT_OUT)/$(bits)/image.bin)

# 512 bytes, then 32 KiB for each image; 16 MiB, as disks have a geometry.
$(BOOT_OUT)/disk.img: $(BOOT_OUT)/sector.bin $(BOOT_IMAGES)
	$(Q)cp $(BOOT_OUT)/sector.bin $@
	$(Q)truncate -s 16M $@
	$(Q)at=1; for image in $(BOOT_IMAGES); do \
		dd if=$$image of=$@ bs=512 seek=$$at conv=notrunc status=none; \
		at=$$((at + 64)); done

-include $(wildcard $(BOOT_OUT)/*/*.d)

check-boot: $(BOOT_OUT)/disk.img $(BUILD)/loader/grub/palisade.elf	## boot a disk of the tests' own, without and under Palisade
	@$(BOOT_TESTS)/run $(BUILD)/tests/log

check-resets: $(BOOT_OUT)/disk.img $(BUILD)/loader/grub/palisade.elf \
		guest	## reset a machine under Palisade in each way
	@$(BOOT_TESTS)/run $(BUILD)/tests/log resets
	@$(BOOT_TESTS)/linux_resets $(BUILD)/tests/log

.PHONY: check-boot check-resets
