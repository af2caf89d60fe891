# SPDX-License-Identifier: BSD-2-Clause
#
# make check-token: tokens in the simulator, and the key PAL's code linked into
# the test, under sanitizers.

TOKEN_TEST := $(PAL_SDK_OUT)/pkcs11/test
TOKEN_TEST_SCENE := pal-sdk/pkcs11/test/scene.c
TOKEN_TESTS := crypto token limits robust files

$(call host_object,$(TOKEN_TEST_SCENE) \
	$(TOKEN_TESTS:%=pal-sdk/pkcs11/test/test_%.c) \
	$(addprefix pal-sdk/pkcs11/test/,test_proof.c token_sign.c)): \
	HOST_EXTRA_CFLAGS += -I/usr/include/p11-kit-1

# $(1): name
define token_test
$(TOKEN_TEST)/test_$(1): $(call host_object,pal-sdk/pkcs11/test/test_$(1).c \
		$(TOKEN_TEST_SCENE)) $(PKCS11_TOKEN_LIB) $(LIBPAL) \
		$(HOSTCRYPTO_LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) -o $$@ $$^ $(HOSTCRYPTO_LDLIBS)
-include $(call host_object,pal-sdk/pkcs11/test/test_$(1).c:.o=.d)
endef
$(foreach name,$(TOKEN_TESTS) proof,$(eval $(call token_test,$(name))))
$(TOKEN_TEST)/test_proof: $(TPM_CARRIER)

# The same with the PAL inside.
TOKEN_DIRECT_SOURCES := $(TOKEN_TEST_SCENE) \
	$(addprefix pal-sdk/pkcs11/test/,direct_pal.c fake_vault.c) \
	$(filter-out %/vault.c,$(KEY_PAL_SOURCES)) \
	$(wildcard pal-sdk/pkcs11/token/*.c)
TOKEN_DIRECT_TESTS := crypto token limits
token_direct_object = $(patsubst %,$(TOKEN_TEST)/objects/%.o,$(1))

$(TOKEN_TEST)/objects/%.c.o: %.c pal-sdk/pkcs11/test/test.mk | $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(SDK_TEST_CFLAGS) $(HOSTCRYPTO_CFLAGS) -Wno-conversion \
		-Wno-switch-enum -I/usr/include/p11-kit-1 -MMD -MP -c -o $@ $<

# Both sides have one of that name, which never meet elsewhere.
$(TOKEN_TEST)/objects/pal-sdk/pkcs11/key/key_pal.c.o: \
	SDK_TEST_CFLAGS += -Dpal_arg_size=pal_arg_size_inside

# $(1): name
define token_direct_test
$(TOKEN_TEST)/direct_$(1): $(call token_direct_object,\
		pal-sdk/pkcs11/test/test_$(1).c $(TOKEN_DIRECT_SOURCES)) \
		$(HOSTCRYPTO_LIB)
	$$(call say,LD,$$@)
	$(Q)$(CC) -fsanitize=address,undefined -o $$@ $$^ $(HOSTCRYPTO_LDLIBS)
endef
$(foreach name,$(TOKEN_DIRECT_TESTS),$(eval $(call token_direct_test,$(name))))

# A host that is no libpal, and gets ahead of requests.
TOKEN_HOSTILE_SOURCES := $(addprefix pal-sdk/pkcs11/test/,test_hostile.c \
		hostile_host.c hostile_moments.c fake_vault.c) \
	$(filter-out %/vault.c,$(KEY_PAL_SOURCES))
TOKEN_HOSTILE_WRAPPED := store_check store_state store_login store_get \
	auth_try auth_set_pin serve_writer vault_read

$(TOKEN_TEST)/test_hostile: $(call token_direct_object,\
		$(TOKEN_HOSTILE_SOURCES)) $(HOSTCRYPTO_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=address,undefined \
		$(TOKEN_HOSTILE_WRAPPED:%=-Wl,--wrap=%) -o $@ $^ \
		$(HOSTCRYPTO_LDLIBS)

# Forms of a state, by themselves.
TOKEN_STATE_SOURCES := pal-sdk/pkcs11/test/test_state.c \
	pal-sdk/pkcs11/test/fake_vault.c \
	$(filter-out %/vault.c,$(KEY_PAL_SOURCES))
$(TOKEN_TEST)/test_state: $(call token_direct_object,\
		$(TOKEN_STATE_SOURCES)) $(HOSTCRYPTO_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=address,undefined -o $@ $^ $(HOSTCRYPTO_LDLIBS)

-include $(patsubst %.o,%.d,$(call token_direct_object,\
	pal-sdk/pkcs11/test/test_state.c $(TOKEN_HOSTILE_SOURCES) $(TOKEN_DIRECT_TESTS:%=pal-sdk/pkcs11/test/test_%.c) \
	$(TOKEN_DIRECT_SOURCES)))

# For the guest, which has few libraries: tests/system/alone_tokens.sh.
# $(1): name
define token_guest_test
$(TOKEN_TEST)/guest/token_$(1): $(call host_object,$(TOKEN_TEST_SCENE) \
		pal-sdk/pkcs11/test/test_$(1).c) $(PKCS11_TOKEN_LIB) \
		$(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) -o $$@ $$^ $(HOSTCRYPTO_LDLIBS)
$(call guest_copy,$(TOKEN_TEST)/guest/token_$(1),usr/lib/palisade/tests)
endef
$(foreach name,$(TOKEN_TESTS),$(eval $(call token_guest_test,$(name))))

# What uses a token from outside: test_pal_token.sh, tests/system/tpm_boot.sh.
$(TOKEN_TEST)/guest/token_sign: $(call host_object,\
		pal-sdk/pkcs11/test/token_sign.c) $(PKCS11_TOKEN_LIB) \
		$(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -static -o $@ $^ $(HOSTCRYPTO_LDLIBS)
$(eval $(call guest_copy,$(TOKEN_TEST)/guest/token_sign,usr/lib/palisade/tests))
-include $(call host_object,pal-sdk/pkcs11/test/token_sign.c:.o=.d)

TOKEN_CHECK_NEEDS := $(TOKEN_TESTS:%=$(TOKEN_TEST)/test_%) \
	$(TOKEN_DIRECT_TESTS:%=$(TOKEN_TEST)/direct_%) \
	$(TOKEN_TEST)/test_proof $(TOKEN_TEST)/test_hostile \
	$(TOKEN_TEST)/test_state \
	$(TOKEN_TEST)/guest/token_sign \
	$(KEY_PAL).pal $(PAL_TOOL)

check-token: $(TOKEN_CHECK_NEEDS)	## test tokens in the simulator
	@failed=0; export PALISADE_KEY_PAL=$(CURDIR)/$(KEY_PAL).pal; \
	export PAL_BACKEND=sim PAL_SIM_QUIET=1; \
	for name in $(TOKEN_TESTS:%=test_%) \
			$(TOKEN_DIRECT_TESTS:%=direct_%); do \
		echo "# $$name"; $(TOKEN_TEST)/$$name $(CURDIR)/$(PAL_TOOL) || failed=1; \
	done; \
	echo '# test_hostile'; $(TOKEN_TEST)/test_hostile || failed=1; \
	echo '# test_state'; $(TOKEN_TEST)/test_state || failed=1; \
	echo '# test_proof'; \
	pal-sdk/test/beside_tpm.sh $(TOKEN_TEST)/test_proof || \
		failed=1; \
	echo '# test_pal_token'; \
	pal-sdk/pkcs11/test/test_pal_token.sh $(PAL_TOOL) \
		$$PALISADE_KEY_PAL $(TOKEN_TEST)/guest/token_sign || failed=1; \
	echo '# audit_test'; \
	pal-sdk/pkcs11/test/audit_test.sh $(PAL_TOOL) \
		$(TOKEN_TEST)/guest/token_sign || failed=1; \
	exit $$failed

.PHONY: check-token

check-host-ready: $(TOKEN_CHECK_NEEDS)
