# SPDX-License-Identifier: BSD-2-Clause
#
# The host side of tokens, for libpalisade-pkcs11.so and `pal token`.

PKCS11_TOKEN_LIB := $(PAL_SDK_OUT)/libpaltoken.a
# The PAL's own reading of items and mechanisms, so that both sides agree.
PKCS11_TOKEN_SOURCES := $(wildcard pal-sdk/pkcs11/token/*.c) \
	pal-sdk/pkcs11/key/items.c pal-sdk/pkcs11/key/mechanism.c
PKCS11_TOKEN_OBJECTS := $(call host_object,$(PKCS11_TOKEN_SOURCES))

$(PKCS11_TOKEN_OBJECTS): HOST_EXTRA_CFLAGS += -fPIC -I/usr/include/p11-kit-1

$(PKCS11_TOKEN_LIB): $(PKCS11_TOKEN_OBJECTS)
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $^

-include $(PKCS11_TOKEN_OBJECTS:.o=.d)

all: $(PKCS11_TOKEN_LIB)
