# SPDX-License-Identifier: BSD-2-Clause
#
# The key PAL.

KEY_PAL := $(BUILD)/pal-sdk/pkcs11/key
KEY_PAL_SOURCES := $(wildcard pal-sdk/pkcs11/key/*.c)

$(call pal_object,$(KEY_PAL_SOURCES)): PAL_EXTRA_CFLAGS := -Ipal-sdk
$(eval $(call pal_image,$(KEY_PAL),$(KEY_PAL_SOURCES)))

all: $(KEY_PAL).pal
$(eval $(call guest_copy,$(KEY_PAL).pal,usr/lib/palisade))
