# SPDX-License-Identifier: BSD-2-Clause
#
# The published vectors through PKCS#11, in the simulator: of what tokens have,
# with the sizes of keys that they take.  Included after pal-sdk/pal-sdk.mk, for
# the names of its files.

VECTORS_TOKEN_FILES := $(wildcard $(VECTORS_SRC)/wycheproof_*.txt) \
	$(addprefix $(VECTORS_SRC)/,aes_cbc.txt aes_cmac.txt aes_ctr.txt \
	aes_ecb.txt aes_gcm.txt aes_kw.txt hmac.txt sha1.txt sha2.txt sha3.txt)
VECTORS_TOKEN_SOURCES := $(addprefix $(VECTORS_SRC)/,run_vectors.c \
	call_token.c token_der.c) tests/token/module.c

$(VECTORS_OUT)/run_token: $(VECTORS_TOKEN_SOURCES) tests/token/module.h \
		$(VECTORS_DEPS) $(VECTORS_SRC)/pkcs11.mk | $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(VECTORS_CFLAGS) -I. -I/usr/include/p11-kit-1 \
		$(HOSTCRYPTO_CFLAGS) -o $@ $(VECTORS_TOKEN_SOURCES) -ldl

VECTORS_TOKEN_NEEDS := $(VECTORS_OUT)/run_token $(PAL_TOOL) $(PKCS11_LIB) \
	$(KEY_PAL).pal

check-vectors-token: $(VECTORS_TOKEN_NEEDS)	## published crypto vectors, through PKCS#11
	@VECTORS_MODULE=$(CURDIR)/$(PKCS11_LIB) tests/token/in_simulator.sh \
		$(PAL_TOOL) $(CURDIR)/$(KEY_PAL).pal vectors \
		$(VECTORS_OUT)/run_token $(VECTORS_TOKEN_FILES)

check-token: check-vectors-token
check-host-ready: $(VECTORS_TOKEN_NEEDS)

.PHONY: check-vectors-token
