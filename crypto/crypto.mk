# SPDX-License-Identifier: BSD-2-Clause
#
# build/crypto/libpalcrypto.a: Mbed TLS as PALs use it, freestanding.
# build/crypto/libhostcrypto.a: the same for the tools on the host.
# Both come from one pinned release, unpatched; see crypto/README.md.

include pal-sdk/pal-flags.mk
include pal-sdk/libc/libc.mk

# The pin.  Any of these tarballs will do; each was tested.
MBEDTLS_PACKAGE := mbedtls
MBEDTLS_SUITE := trixie
MBEDTLS_RELEASE := 3.6.6
MBEDTLS_SHA256 := \
	8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a

MBEDTLS_TARBALL := $(DOWNLOAD)/mbedtls-$(MBEDTLS_RELEASE).tar.bz2
MBEDTLS := $(BUILD)/crypto/mbedtls-$(MBEDTLS_RELEASE)
MBEDTLS_STAMP := $(MBEDTLS)/.unpacked

CRYPTO_OUT := $(BUILD)/crypto
PALCRYPTO_LIB := $(CRYPTO_OUT)/libpalcrypto.a
HOSTCRYPTO_LIB := $(CRYPTO_OUT)/libhostcrypto.a

# No X.509, no TLS; threading.c only for the host, PALs have their own.
MBEDTLS_FILES := aes aesni asn1parse asn1write base64 bignum bignum_core \
	bignum_mod bignum_mod_raw block_cipher ccm cipher cipher_wrap cmac \
	constant_time ctr_drbg ecdh ecdsa ecp ecp_curves ecp_curves_new \
	entropy entropy_poll gcm hkdf hmac_drbg md nist_kw oid pem pk pk_ecc \
	pk_wrap pkcs5 pkparse pkwrite platform platform_util psa_crypto \
	psa_crypto_aead psa_crypto_cipher psa_crypto_client \
	psa_crypto_driver_wrappers_no_static psa_crypto_ecp psa_crypto_hash \
	psa_crypto_mac psa_crypto_random psa_crypto_rsa \
	psa_crypto_slot_management psa_util rsa rsa_alt_helpers sha1 sha256 \
	sha3 sha512

MBEDTLS_INCLUDES := -I$(MBEDTLS)/include -I$(MBEDTLS)/library -Icrypto/config \
	-DMBEDTLS_PSA_CRYPTO_CONFIG_FILE='"psa_wanted.h"'

# What a user of either library adds to its compiler flags.
PALCRYPTO_CFLAGS := -isystem $(MBEDTLS)/include -Icrypto/config \
	-Icrypto/platform -DMBEDTLS_CONFIG_FILE='"mbedtls_pal.h"' \
	-DMBEDTLS_PSA_CRYPTO_CONFIG_FILE='"psa_wanted.h"'
HOSTCRYPTO_CFLAGS := -isystem $(MBEDTLS)/include -Icrypto/config \
	-DMBEDTLS_CONFIG_FILE='"mbedtls_host.h"' \
	-DMBEDTLS_PSA_CRYPTO_CONFIG_FILE='"psa_wanted.h"'
HOSTCRYPTO_LDLIBS := -pthread

PALCRYPTO_OBJS := \
	$(patsubst %,$(CRYPTO_OUT)/pal/%.o,$(MBEDTLS_FILES)) \
	$(patsubst %,$(CRYPTO_OUT)/platform/%.o,entropy crypto_memory multiply \
	threading)
HOSTCRYPTO_OBJS := \
	$(patsubst %,$(CRYPTO_OUT)/host/%.o,$(MBEDTLS_FILES) threading)

CRYPTO_DEPS := crypto/crypto.mk pal-sdk/pal-flags.mk $(MBEDTLS_STAMP)

$(MBEDTLS_TARBALL): | crypto/fetch.sh
	$(call say,FETCH,Mbed TLS $(MBEDTLS_RELEASE))
	$(Q)crypto/fetch.sh $@ $(BUILD)/crypto/fetch $(MBEDTLS_SUITE) \
		$(MBEDTLS_PACKAGE) '$(MBEDTLS_SHA256)'

# Unpacked beside its place and then moved there, so never by halves.
$(MBEDTLS_STAMP): $(MBEDTLS_TARBALL)
	$(call say,UNPACK,$(MBEDTLS))
	$(Q)echo '$(strip $(MBEDTLS_SHA256))' | grep -qw \
		"$$(sha256sum $< | cut -d' ' -f1)"
	$(Q)rm -rf $(MBEDTLS) $(MBEDTLS).new
	$(Q)mkdir -p $(MBEDTLS).new
	$(Q)tar -C $(MBEDTLS).new -xf $< --strip-components=1 --no-same-owner
	$(Q)touch $(MBEDTLS).new/.unpacked
	$(Q)mv $(MBEDTLS).new $(MBEDTLS)

$(CRYPTO_OUT)/pal/%.o: $(CRYPTO_DEPS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PAL_CFLAGS) $(MBEDTLS_INCLUDES) -Icrypto/platform \
		-DMBEDTLS_CONFIG_FILE='"mbedtls_pal.h"' \
		-MMD -MP -c -o $@ $(MBEDTLS)/library/$*.c

$(CRYPTO_OUT)/platform/%.o: crypto/platform/%.c $(CRYPTO_DEPS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PAL_CFLAGS) $(PAL_WARNINGS) $(PALCRYPTO_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(CRYPTO_OUT)/host/%.o: $(CRYPTO_DEPS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=gnu11 -O2 -g -fPIC $(MBEDTLS_INCLUDES) \
		-ffunction-sections -fdata-sections -fstack-protector-strong \
		-DMBEDTLS_CONFIG_FILE='"mbedtls_host.h"' \
		-MMD -MP -c -o $@ $(MBEDTLS)/library/$*.c

$(PALCRYPTO_LIB): $(PALCRYPTO_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $^

$(HOSTCRYPTO_LIB): $(HOSTCRYPTO_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $^

-include $(wildcard $(CRYPTO_OUT)/pal/*.d $(CRYPTO_OUT)/host/*.d)
-include $(wildcard $(CRYPTO_OUT)/platform/*.d)

all: $(PALCRYPTO_LIB) $(HOSTCRYPTO_LIB)

# The link test: a PAL needs these two libraries and nothing else, gets no
# relocations, and a signer stays small.
SIGNER := $(CRYPTO_OUT)/link_test
SIGNER_LIMIT := 150000

$(SIGNER): crypto/test/signer.c $(PALCRYPTO_LIB) $(PALC_LIB)
	$(call say,CC,$@)
	$(Q)$(CC) $(PAL_CFLAGS) $(PAL_WARNINGS) $(PALCRYPTO_CFLAGS) $(PAL_LDFLAGS) \
		-Wl,-e,signer -o $@ $< $(PALCRYPTO_LIB) $(PALC_LIB)

# Runs the PALs' objects on the host; see tests/vectors/vectors.mk.
$(CRYPTO_OUT)/threads_test: crypto/test/threads.c $(PALCRYPTO_LIB) $(PALC_LIB)
	$(call say,CC,$@)
	$(Q)$(CC) -std=gnu11 -g -O1 -Wall -Wextra -Werror -fno-pie -no-pie \
		-pthread $(PALCRYPTO_CFLAGS) -o $@ $< $(PALCRYPTO_LIB) \
		$(PALC_OUT)/stack_guard.S.o

$(CRYPTO_OUT)/multiply_test: $(wildcard crypto/*/multiply.[ch])
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) -std=gnu11 -g -O1 -Wall -Wextra -Werror -Icrypto/platform \
		-o $@ $(filter %.c,$^)

CRYPTO_CHECK_NEEDS := $(SIGNER) $(CRYPTO_OUT)/threads_test \
	$(CRYPTO_OUT)/multiply_test

check-ready: $(CRYPTO_CHECK_NEEDS)
check-crypto: $(CRYPTO_CHECK_NEEDS)	## tests of the crypto library
	@crypto/test/check_link.sh $(SIGNER) $(SIGNER_LIMIT)
	@$(CRYPTO_OUT)/threads_test
	@$(CRYPTO_OUT)/multiply_test

.PHONY: check-crypto

include tests/vectors/vectors.mk
