# SPDX-License-Identifier: BSD-2-Clause
#
# build/crypto/notary/notary.pal: the PAL that measures and judges all others.
# Included after pal-sdk.mk, whose pal_image makes it.

NOTARY_PAL := $(CRYPTO_OUT)/notary/notary.pal
NOTARY_SOURCES := $(addprefix crypto/notary/,notary_pal.c policy.c signature.c)
# Every byte of it is trusted by every PAL.
NOTARY_LIMIT := 160000

$(eval $(call pal_image,$(NOTARY_PAL:.pal=),$(NOTARY_SOURCES)))
all: $(NOTARY_PAL)
