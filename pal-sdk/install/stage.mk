# SPDX-License-Identifier: BSD-2-Clause
#
# build/pal-sdk/stage: tool, libraries and headers as they lie below a prefix.
# `pal cc` of the build tree works with it, `make install` copies it.
#
#	bin/pal
#	include/	for programs
#	lib/		libpal.a, libpal.so
#	lib/palisade/	for PALs: headers, libraries, linker script, flags

PALISADE_VERSION := 0.1
LIBPAL_SONAME := libpal.so.0
LIBPAL_MAP := pal-sdk/install/libpal.map

STAGE := $(PAL_SDK_OUT)/stage
STAGE_SDK := $(STAGE)/lib/palisade
STAGE_READY := $(STAGE)/.ready
LIBPAL_SHARED := $(PAL_SDK_OUT)/libpal.so
LIBPAL_WHOLE := $(PAL_SDK_OUT)/libpal_whole.a

HOST_HEADERS := $(addprefix pal-sdk/include/,\
	pal_host.h pal_service.h pal_stubs.h pal_struct.h pal_status.h)
# What a PAL may include; pal_host.h and what else programs have is not there.
PAL_HEADERS := $(filter-out %/pal_host.h %/pal_service.h %/pal_stubs.h,\
	$(wildcard pal-sdk/include/*.h))
PAL_ABI_HEADERS := $(addprefix hv/abi/,pal_image.h hypercall.h root.h)
PAL_CONFIG_HEADERS := $(addprefix crypto/,config/mbedtls_pal.h \
	config/mbedtls_common.h config/psa_wanted.h platform/threading_alt.h \
	platform/crypto_memory.h platform/multiply.h)
PAL_LIBC_HEADERS := $(wildcard $(PAL_LIBC_INCLUDE)/*.h)
PAL_TEMPLATE := $(wildcard pal-sdk/template/*)
CMAKE_FILES := $(wildcard pal-sdk/install/Palisade*)

# Flags as the compiler reads them from a file; `pal cc` adds the folders.
PAL_FILE_CFLAGS := $(filter-out -g -nostdinc -isystem $(PAL_LIBC_INCLUDE) \
	$(PAL_CC_INCLUDE) -ffile-prefix-map=%,$(PAL_CFLAGS)) \
	$(filter -D%,$(PALCRYPTO_CFLAGS))

# -static says it already, and clang finds both too much.
PAL_FILE_LDFLAGS := $(filter-out -no-pie,$(PAL_LDFLAGS))

# One object with only the public names, and the parts of the crypto library
# that it needs: a program's own Mbed TLS is not disturbed.
$(LIBPAL_WHOLE): $(LIBPAL) $(HOSTCRYPTO_LIB) $(LIBPAL_MAP)
	$(call say,AR,$@)
	$(Q)nm -g --defined-only $(LIBPAL) | sed -n 's/.* T \(pald\{0,1\}_.*\)/\1/p' \
		>$@.names
	$(Q)$(LD) -r --gc-sections $$(sed 's/^/-u /' $@.names) \
		-o $@.o --whole-archive $(LIBPAL) --no-whole-archive \
		$(HOSTCRYPTO_LIB)
	$(Q)objcopy --keep-global-symbols=$@.names $@.o
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $@.o

$(call host_object,$(LIBPAL_SOURCES)): HOST_EXTRA_CFLAGS += -fPIC

$(LIBPAL_SHARED): $(LIBPAL) $(HOSTCRYPTO_LIB) $(LIBPAL_MAP)
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(LIBPAL_SONAME) \
		-Wl,--version-script,$(LIBPAL_MAP) -Wl,--gc-sections \
		-Wl,--no-undefined -Wl,-z,now -Wl,-z,relro -o $@ \
		-Wl,--whole-archive $(LIBPAL) -Wl,--no-whole-archive \
		$(HOSTCRYPTO_LIB) $(HOSTCRYPTO_LDLIBS)

# Made beside its place and moved there: never half a stage.
$(STAGE_READY): $(PAL_TOOL) $(LIBPAL_WHOLE) $(LIBPAL_SHARED) $(LIBPALRT) \
		$(PALC_LIB) $(PALCRYPTO_LIB) $(PAL_LD) $(HOST_HEADERS) \
		$(PAL_HEADERS) $(PAL_ABI_HEADERS) $(PAL_CONFIG_HEADERS) \
		$(PAL_LIBC_HEADERS) $(PAL_TEMPLATE) $(CMAKE_FILES) \
		pal-sdk/install/pal.mk pal-sdk/install/pal.pc.in \
		pal-sdk/install/pal-host.pc.in pal-sdk/install/stage.sh \
		pal-sdk/install/stage.mk pal-sdk/pal-flags.mk crypto/crypto.mk
	$(call say,STAGE,$(STAGE))
	$(Q)rm -rf $(STAGE).new
	$(Q)VERSION='$(PALISADE_VERSION)' SONAME='$(LIBPAL_SONAME)' \
		OUT='$(PAL_SDK_OUT)' \
		CRYPTO='$(PALCRYPTO_LIB)' MBEDTLS='$(MBEDTLS)' \
		HOST_HEADERS='$(HOST_HEADERS)' \
		PAL_HEADERS='$(PAL_HEADERS) $(PAL_CONFIG_HEADERS)' \
		ABI_HEADERS='$(PAL_ABI_HEADERS)' \
		LIBC_HEADERS='$(PAL_LIBC_HEADERS)' \
		pal-sdk/install/stage.sh $(STAGE).new
	$(Q)printf '%s\n' $(subst ",\",$(PAL_FILE_CFLAGS)) \
		>$(STAGE).new/lib/palisade/cflags
	$(Q)printf '%s\n' $(PAL_FILE_LDFLAGS) \
		>$(STAGE).new/lib/palisade/ldflags
	$(Q)rm -rf $(STAGE)
	$(Q)mv $(STAGE).new $(STAGE)
	$(Q)touch $@

sdk: $(STAGE_READY)	## build what PALs and programs are made with
all: $(STAGE_READY)

.PHONY: sdk
