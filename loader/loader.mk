# SPDX-License-Identifier: BSD-2-Clause
#
# palisade.ko for each kernel, and the folder that DKMS builds it from.
#
#   build/loader/VERSION/palisade.ko
#   build/guest/root/lib/palisade/palisade-VERSION.ko   (guest-root-loader)
#   build/loader/dkms/                                  (loader-dkms)
#
# kbuild wants sources and objects in one folder, so each kernel gets a copy
# of the sources, next to one of hv/abi.

LOADER_BUILD := $(BUILD)/loader
LOADER_SOURCES := $(wildcard loader/linux/*.c loader/linux/*.h) \
	loader/linux/Kbuild
LOADER_ABI := $(wildcard hv/abi/*.h)
LOADER_MODULES := $(foreach kernel,$(GUEST_KERNELS),\
	$(LOADER_BUILD)/$(kernel)/palisade.ko)
LOADER_GUEST := $(foreach kernel,$(GUEST_KERNELS),\
	$(GUEST_ROOT)/lib/palisade/palisade-$(kernel).ko)
LOADER_DKMS := $(LOADER_BUILD)/dkms

# Copy what is newer to folder $(1); the rest keeps its time, so kbuild builds
# only what changed.
define copy_loader_sources
@mkdir -p $(1)/abi
@cp -u $(LOADER_SOURCES) $(1)
@cp -u $(LOADER_ABI) $(1)/abi
endef

# With the same warnings that Linux's own new code is held to.
define loader_rules
$(LOADER_BUILD)/$(1)/palisade.ko: $(LOADER_SOURCES) $(LOADER_ABI) \
		loader/loader.mk | $(KERNEL_$(1)_READY)
	$$(call copy_loader_sources,$$(@D))
	$$(call build_module,$(1),$$(@D)) W=1 KCFLAGS=-Werror
	@touch $$@

$(GUEST_ROOT)/lib/palisade/palisade-$(1).ko: $(LOADER_BUILD)/$(1)/palisade.ko
	@mkdir -p $$(@D)
	objcopy --strip-debug $$< $$@

loader-sparse-$(1): | $(KERNEL_$(1)_READY)
	$$(call copy_loader_sources,$(LOADER_BUILD)/sparse-$(1))
	$$(call build_module,$(1),$(LOADER_BUILD)/sparse-$(1)) W=1 C=2 \
		CF=-Wsparse-error

.PHONY: loader-sparse-$(1)
endef
$(foreach kernel,$(GUEST_KERNELS),$(eval $(call loader_rules,$(kernel))))

loader:	## build palisade.ko for each kernel
loader: $(LOADER_MODULES)

guest-root-loader: $(LOADER_GUEST)

loader-sparse:	## check palisade.ko with sparse
loader-sparse: $(foreach kernel,$(GUEST_KERNELS),loader-sparse-$(kernel))

loader-dkms:	## gather what DKMS needs in build/loader/dkms
	$(call copy_loader_sources,$(LOADER_DKMS))
	@cp -u loader/linux/dkms.conf $(LOADER_DKMS)

all: $(LOADER_MODULES)

.PHONY: loader guest-root-loader loader-sparse loader-dkms
