# SPDX-License-Identifier: BSD-2-Clause
#
# The virtual machine that run, tests, shell and bench boot; the packages; the
# kernels.  tests/guest/README.md says how it fits together.
#
# For other parts:
#   GUEST_KERNELS           the kernels that there are: 6.1 6.12
#   KERNEL_6.1_HEADERS      absolute path for make -C ... M=...
#   KERNEL_6.1_IMAGE        the bootable kernel
#   KERNEL_6.1_READY        depend on this (order-only) before using the above
#   $(call build_module,6.1,FOLDER)
#                           a recipe line: build the module whose sources and
#                           Kbuild are in FOLDER for that kernel
#   GUEST_ROOT              files below it appear in the guest at the same path
#   GUEST_READY             depend on this to run tests/guest/vm
#   GUEST_DISK              for vm --disk: a file system with this machine's
#                           release of the programs in GUEST_DISK_PACKAGES
#   GUEST_DISK_trixie       the same with the programs of Debian 13
# Packages need no dependency: they are there before the first rule runs.
# So this file is included before those of the other parts.

# Install the packages before anything else happens, so that no rule and no
# $(shell) of another part needs to think of them.  Takes 20 ms when all are
# there.  Not for goals that need no tool, and not with make -n.

ifneq ($(filter-out help setup clean distclean,$(or $(MAKECMDGOALS),all)),)
ifeq ($(findstring n,$(filter-out -%,$(firstword $(filter-out --%,$(MAKEFLAGS))))),)
ifneq ($(shell tests/guest/setup.sh >&2 || echo failed),)
$(error Nothing was built)
endif
endif
endif

GUEST_DIR := tests/guest
GUEST_BUILD := $(BUILD)/guest
GUEST_ROOT := $(GUEST_BUILD)/root

GUEST_KERNELS := 6.1 6.12
KERNEL_6.1_SUITE := bookworm
KERNEL_6.12_SUITE := trixie

# What the user sets on our command line (FILE=...) is not for kbuild.
MAKEOVERRIDES :=

# There is no vmlinux to make BTF from, which nobody here reads.

build_module = +$(Q)$(MAKE) --no-print-directory -C $(KERNEL_$(1)_HEADERS) \
	M=$(abspath $(2)) CONFIG_DEBUG_INFO_BTF_MODULES= modules

# Programs copied from this machine, with their libraries, and libraries that
# programs of ours may be linked with.
GUEST_PROGRAMS := /bin/bash
GUEST_LIBRARIES := libc.so.6 libm.so.6 libgcc_s.so.1 libelf.so.1
# Modules that init loads, and more for scenarios to load.
GUEST_MODULES_LOADED := virtio_pci virtio_blk ext4
GUEST_MODULES := virtio_console virtio_net virtio-rng kvm_amd msr cpuid loop efivarfs

define kernel_rules
KERNEL_$(1)_DIR := $(abspath $(DOWNLOAD))/kernel-$(1)
KERNEL_$(1)_HEADERS := $$(KERNEL_$(1)_DIR)/headers
KERNEL_$(1)_IMAGE := $$(KERNEL_$(1)_DIR)/vmlinuz
KERNEL_$(1)_READY := $(DOWNLOAD)/kernel-$(1)/vmlinuz

$(DOWNLOAD)/kernel-$(1)/vmlinuz:
	$(Q)$(GUEST_DIR)/kernel.sh $$(KERNEL_$(1)_SUITE) $$(@D)

$(GUEST_BUILD)/modules-$(1).cpio: $(GUEST_DIR)/modules.sh $(GUEST_DIR)/guest.mk
$(GUEST_BUILD)/modules-$(1).cpio: | $(DOWNLOAD)/kernel-$(1)/vmlinuz
	@mkdir -p $$(@D)
	$$(call say,PACK,$$@)
	$(Q)$(GUEST_DIR)/modules.sh $(DOWNLOAD)/kernel-$(1) $$@ \
		"$(GUEST_MODULES_LOADED)" "$(GUEST_MODULES)"
endef
$(foreach kernel,$(GUEST_KERNELS),$(eval $(call kernel_rules,$(kernel))))

$(GUEST_BUILD)/base.cpio: $(GUEST_DIR)/base.sh $(GUEST_DIR)/init \
		$(GUEST_DIR)/guest.mk
	@mkdir -p $(@D)
	$(call say,PACK,$@)
	$(Q)$(GUEST_DIR)/base.sh $(GUEST_DIR)/init $@ \
		"$(GUEST_PROGRAMS)" "$(GUEST_LIBRARIES)"

GUEST_READY := $(GUEST_BUILD)/base.cpio \
	$(foreach kernel,$(GUEST_KERNELS),$(KERNEL_$(kernel)_READY) \
		$(GUEST_BUILD)/modules-$(kernel).cpio)

# What real programs use keys with, and what their tests are written with.
GUEST_DISK_PACKAGES := bash coreutils dash diffutils findutils gawk grep \
	procps sed apache2-utils git gnutls-bin libelf1 libelf1t64 \
	libengine-pkcs11-openssl nginx-light opensc openssh-client \
	openssh-server openssl p11-kit p11-kit-modules pkcs11-provider softhsm2
GUEST_DISK_SUITES := bookworm trixie
GUEST_DISK = $(GUEST_DISK_$(shell . /etc/os-release && \
	echo $${VERSION_CODENAME:-bookworm}))

define disk_rules
GUEST_DISK_$(1) := $(GUEST_BUILD)/programs-$(1).img
$(GUEST_BUILD)/programs-$(1).img: $(GUEST_DIR)/programs.sh $(GUEST_DIR)/guest.mk
	$$(call say,PACK,$$@)
	$(Q)$(GUEST_DIR)/programs.sh $(1) $(abspath $(DOWNLOAD))/programs-$(1) \
		$$@ $(GUEST_DISK_PACKAGES)
endef
$(foreach suite,$(GUEST_DISK_SUITES),$(eval $(call disk_rules,$(suite))))

setup:	## install the Debian packages that are missing
	@$(GUEST_DIR)/setup.sh && echo 'setup: all packages are there'

guest: $(GUEST_READY)	## fetch and build what the virtual machine boots

guest-disk: $(GUEST_DISK)	## fetch programs that the tests of keys use

guest-test: $(GUEST_READY) $(GUEST_DISK)	## test the virtual machine itself
	$(GUEST_DIR)/test.sh $(GUEST_DISK)

shell:	## boot the guest to a shell, with the hypervisor running
shell: all guest-root-hv guest-root-loader guest-root-sdk $(GUEST_READY)
	$(Q)$(GUEST_DIR)/vm --shell $(GUEST_DIR)/shell.sh

clean:	## remove what was built (downloads stay)
	@[ ! -d $(BUILD) ] || find $(BUILD) -mindepth 1 -maxdepth 1 \
		! -path $(DOWNLOAD) -exec rm -rf {} +

distclean:	## remove everything that is not in git, downloads too
	rm -rf $(BUILD)

.PHONY: setup guest guest-disk guest-test shell clean distclean
