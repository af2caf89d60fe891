# SPDX-License-Identifier: BSD-2-Clause
#
# Debian's own bootable programs as the OS under Palisade: too long for make test.

LEGACY := tests/legacy

$(DOWNLOAD)/legacy/xen.efi:
	$(Q)$(LEGACY)/packages.sh $(@D)

soak-grub: $(GRUB_OUT)/palisade.elf $(BUILD)/pal-sdk/pal | $(DOWNLOAD)/legacy/xen.efi	## boot memtest86+, Xen, EFI programs and generic kernels under Palisade (15 minutes)
	@$(LEGACY)/run $(BUILD) $(BUILD)/tests/log

.PHONY: soak-grub
