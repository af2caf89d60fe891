# SPDX-License-Identifier: BSD-2-Clause
#
# Debian's own bootable programs as the OS under Palisade: too long for make test.

LEGACY := tests/legacy

$(DOWNLOAD)/legacy/xen:
	$(Q)$(LEGACY)/packages.sh $(@D)

soak-grub: $(GRUB_OUT)/palisade.elf $(BUILD)/pal-sdk/pal | $(DOWNLOAD)/legacy/xen	## boot memtest86+, Xen and generic kernels under Palisade (10 minutes)
	@$(LEGACY)/run $(BUILD) $(BUILD)/tests/log

.PHONY: soak-grub
