# SPDX-License-Identifier: BSD-2-Clause
#
# make install [PREFIX=/usr/local] [DESTDIR=]: install.sh puts everything below
# DESTDIR and keeps a list of it, by which `make uninstall` takes it away.

PREFIX := /usr/local
DESTDIR :=

INSTALL_PROGRAMS := $(foreach name,$(EXAMPLES),$(BUILD)/examples/$(name)/$(name))
INSTALL_PALS := $(INSTALL_PROGRAMS:%=%.pal) $(STAMP).pal $(KEY_PAL).pal
MAN_PAGES := $(wildcard pal-sdk/man/*.[1-8])
INSTALL_NEEDS := $(STAGE_READY) $(BUILD)/hv/palisade.bin \
	$(BUILD)/loader/grub/palisade.elf $(INSTALL_PALS) \
	$(INSTALL_PROGRAMS) \
	loader-dkms $(PALD) $(PKCS11_LIB)
INSTALL_ENVIRONMENT = STAGE='$(STAGE)' DKMS='$(LOADER_DKMS)' \
	HYPERVISOR='$(BUILD)/hv/palisade.bin' \
	GRUB_IMAGE='$(BUILD)/loader/grub/palisade.elf' PALS='$(INSTALL_PALS)' \
	PALD='$(PALD)' PKCS11='$(PKCS11_LIB)' PROGRAMS='$(INSTALL_PROGRAMS)' \
	MAN_PAGES='$(MAN_PAGES)' VERSION='$(PALISADE_VERSION)'

install: $(INSTALL_NEEDS)	## install below PREFIX (/usr/local) and DESTDIR
	$(Q)$(INSTALL_ENVIRONMENT) pal-sdk/install/install.sh \
		'$(DESTDIR)' '$(PREFIX)'
	@pal-sdk/install/next.sh '$(DESTDIR)' '$(PREFIX)'

uninstall:	## remove what `make install` with the same folders put there
	$(Q)pal-sdk/install/uninstall.sh '$(DESTDIR)' '$(PREFIX)'

# Three packages, made with dpkg-deb alone.
DEB_OUT := $(BUILD)/deb
deb: $(INSTALL_NEEDS)	## Debian packages in build/deb
	$(Q)$(INSTALL_ENVIRONMENT) pal-sdk/install/deb.sh $(DEB_OUT)

.PHONY: install uninstall deb

check-deb: deb	## install the packages in a clean Debian root and use them
	@pal-sdk/test/check_deb.sh $(DEB_OUT) $(DOWNLOAD)/debian-root \
		$(BUILD)/check-deb

.PHONY: check-deb

# `pal cc`, `pal new`, pkg-config, CMake; installing and uninstalling.
check-host-ready: $(INSTALL_NEEDS)
check-install: $(INSTALL_NEEDS)	## test pal cc and make install
	@to=$$(mktemp -d) && trap 'rm -rf "$$to"' EXIT && failed=0 && \
	$(INSTALL_ENVIRONMENT) pal-sdk/install/install.sh $$to /opt/palisade && \
	echo '# cc' && \
	{ pal-sdk/test/test_cc.sh $(BUILD) $$to/opt/palisade || failed=1; } && \
	echo '# install' && \
	{ pal-sdk/test/test_install.sh $$to /opt/palisade || failed=1; } && \
	[ $$failed = 0 ]

.PHONY: check-install
