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
	$(Q)objcopy --strip-debug $$< $$@

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

# The module's tests, in the guest: each row is a machine and what is expected.
LOADER_TESTS := $(foreach test,launch_test module_test kcore_test,\
	$(LOADER_BUILD)/test/$(test))
LOADER_VM = $(GUEST_DIR)/vm $(LOADER_TESTS:%=--in %)

$(LOADER_BUILD)/test/%: loader/test/%.c $(LOADER_ABI)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=gnu11 -O1 -g -Wall -Wextra -Werror -static -pthread -Ihv \
		-o $@ $<

# The system suite runs the module on the other numbers of CPUs.
loader-test:	## test palisade.ko in the guest
loader-test: $(LOADER_TESTS) $(LOADER_GUEST) $(GUEST_ROOT)/lib/palisade/palisade.bin \
		$(GUEST_READY)
	$(LOADER_VM) --kernel 6.1 --cpus 1 loader/test/scenario.sh
	$(LOADER_VM) --kernel 6.12 --cpus 4 loader/test/scenario.sh
	$(LOADER_VM) --cpu EPYC,-svm loader/test/scenario.sh 19 3
	$(LOADER_VM) --cpu EPYC,+svm,-npt loader/test/scenario.sh 95 6
	$(LOADER_VM) --cpu Skylake-Client loader/test/scenario.sh 19 12

all: $(LOADER_MODULES)

.PHONY: loader guest-root-loader loader-sparse loader-dkms loader-test
