# SPDX-License-Identifier: BSD-2-Clause
#
# Debian's own bootable programs as the OS under Palisade: too long for make test.

LEGACY := tests/legacy

$(DOWNLOAD)/legacy/xen.efi:
	$(Q)$(LEGACY)/packages.sh $(@D)

# On the newer emulator CPUs are started by the x2APIC.
soak-grub: system-ready | $(DOWNLOAD)/legacy/xen.efi	## boot memtest86+, Xen, EFI programs and generic kernels under Palisade (15 minutes)
	@$(LEGACY)/run $(BUILD) $(BUILD)/tests/log
	@tests/system/memory_test $(BUILD)/tests/log
	@qemu=$$(tests/guest/emulator.sh $(DOWNLOAD)/qemu) && \
		tests/system/x2apic_test $$qemu $(BUILD)/tests/log

.PHONY: soak-grub
