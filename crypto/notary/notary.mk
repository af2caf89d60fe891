# SPDX-License-Identifier: BSD-2-Clause
#
# build/crypto/notary/notary.pal: the PAL that measures and judges all others.
# Included after pal-sdk.mk, whose pal_image makes it.

NOTARY_PAL := $(CRYPTO_OUT)/notary/notary.pal
NOTARY_SERVICE := $(addprefix crypto/notary/,service.c seal.c register.c)
NOTARY_SOURCES := $(NOTARY_SERVICE) \
	$(addprefix crypto/notary/,notary_pal.c policy.c signature.c)
# What only works inside a PAL; tests on the host have their own.
NOTARY_INSIDE := $(addprefix crypto/notary/,arena.c root_page.c)
# Every byte of it is trusted by every PAL.
NOTARY_LIMIT := 150000

$(call pal_object,$(NOTARY_SERVICE) $(NOTARY_INSIDE) \
	crypto/notary/notary_pal.c): PAL_EXTRA_CFLAGS := -Icrypto
$(eval $(call pal_image,$(NOTARY_PAL:.pal=),$(NOTARY_SOURCES) $(NOTARY_INSIDE)))
all: $(NOTARY_PAL)

# The notary's C code on the host, under sanitizers; the image itself in the
# simulator; the pal command that signs.
NOTARY_TEST := $(CRYPTO_OUT)/notary/test
NOTARY_TEST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all -Ihv -Icrypto \
	-Ipal-sdk -Ipal-sdk/include $(HOSTCRYPTO_CFLAGS) $(HOST_WARNINGS)
notary_test_object = $(patsubst %,$(NOTARY_TEST)/objects/%.o,$(1))

$(NOTARY_TEST)/objects/%.c.o: %.c crypto/notary/notary.mk | $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(NOTARY_TEST_CFLAGS) -MMD -MP -c -o $@ $<

# Test programs: what each is linked with.
NOTARY_TEST_policy := crypto/test/test_policy.c crypto/notary/policy.c
NOTARY_TEST_notary := crypto/test/test_notary.c $(NOTARY_SOURCES) \
	crypto/test/notary_outside.c \
	$(addprefix pal-sdk/,tool/key.c host/file.c host/error.c)
NOTARY_TEST_policy_text := pal-sdk/test/test_policy_text.c \
	crypto/notary/policy.c $(addprefix pal-sdk/tool/,policy_text.c \
	policy_lines.c policy_rules.c policy_values.c hex.c)
NOTARY_TEST_tpm := crypto/test/test_tpm.c $(wildcard crypto/tpm/*.c) \
	$(wildcard pal-sdk/tpm/*.c)
NOTARY_TEST_seal := crypto/test/test_seal.c $(NOTARY_SERVICE)
NOTARY_TESTS := policy notary seal policy_text

# $(1): name
define notary_test
$(NOTARY_TEST)/test_$(1): $(call notary_test_object,$(NOTARY_TEST_$(1))) \
		$(HOSTCRYPTO_LIB)
	$$(call say,LD,$$@)
	$(Q)$(CC) -fsanitize=address,undefined -o $$@ $$^ $(HOSTCRYPTO_LDLIBS)
-include $(patsubst %.o,%.d,$(call notary_test_object,$(NOTARY_TEST_$(1))))
endef
$(foreach name,$(NOTARY_TESTS) tpm,$(eval $(call notary_test,$(name))))

$(eval $(call sdk_sim_program,notary,\
	$(call host_object,crypto/test/drive_notary.c)))
-include $(patsubst %.o,%.d,$(call host_object,crypto/test/drive_notary.c))

NOTARY_CHECK_NEEDS := $(NOTARY_TESTS:%=$(NOTARY_TEST)/test_%) $(NOTARY_PAL) \
	$(SDK_TEST)/sim_notary $(PAL_TOOL) $(NOTARY_TEST)/test_tpm \
	$(patsubst %,$(BUILD)/examples/%.pal,hello/hello sign/sign)

check-ready: $(NOTARY_CHECK_NEEDS)
check-notary: $(NOTARY_CHECK_NEEDS)	## test notary, signing and policies on the host
	@failed=0; for name in $(NOTARY_TESTS); do \
		echo "# $$name"; $(NOTARY_TEST)/test_$$name || failed=1; \
	done; \
	echo '# tpm'; \
	crypto/test/tpm_test.sh $(NOTARY_TEST)/test_tpm || failed=1; \
	echo '# image'; \
	crypto/test/check_link.sh $(NOTARY_PAL:.pal=.elf) $(NOTARY_LIMIT) || \
		failed=1; \
	echo '# signing'; \
	pal-sdk/test/test_signing.sh $(BUILD) || failed=1; \
	exit $$failed
check-sdk: check-notary

.PHONY: check-notary
