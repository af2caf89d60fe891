# SPDX-License-Identifier: BSD-2-Clause
#
# libpalisade-pkcs11.so: one file that needs nothing but the C library, and
# shows nothing but C_*.

PKCS11_LIB := $(PAL_SDK_OUT)/libpalisade-pkcs11.so
PKCS11_LIB_MAP := pal-sdk/pkcs11/lib/pkcs11.map
PKCS11_LIB_SOURCES := $(wildcard pal-sdk/pkcs11/lib/*.c)
PKCS11_LIB_OBJECTS := $(call host_object,$(PKCS11_LIB_SOURCES))
PKCS11_CFLAGS := -I/usr/include/p11-kit-1

$(PKCS11_LIB_OBJECTS): HOST_EXTRA_CFLAGS += -fPIC $(PKCS11_CFLAGS)

# Its own C_* whatever other module is loaded: no symbol is looked up outside.
$(PKCS11_LIB): $(PKCS11_LIB_OBJECTS) $(PKCS11_TOKEN_LIB) $(LIBPAL) \
		$(HOSTCRYPTO_LIB) $(PKCS11_LIB_MAP)
	$(call say,LD,$@)
	$(Q)$(CC) -shared -Wl,-soname,$(notdir $@) -Wl,-Bsymbolic \
		-Wl,--version-script,$(PKCS11_LIB_MAP) -Wl,--gc-sections \
		-Wl,--no-undefined -Wl,-z,now -Wl,-z,relro -o $@ \
		$(PKCS11_LIB_OBJECTS) $(PKCS11_TOKEN_LIB) $(LIBPAL) \
		$(HOSTCRYPTO_LIB) $(HOSTCRYPTO_LDLIBS)

-include $(PKCS11_LIB_OBJECTS:.o=.d)

all: $(PKCS11_LIB)

# `pal token` is made of the same.
$(PAL_TOOL): $(PKCS11_TOKEN_LIB)
$(call host_object,$(wildcard pal-sdk/tool/token*.c)): \
	HOST_EXTRA_CFLAGS += $(PKCS11_CFLAGS)
