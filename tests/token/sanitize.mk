# SPDX-License-Identifier: BSD-2-Clause
#
# The library with all of its host side under sanitizers, used wrongly and by
# many threads, in the simulator: what tests/token/test_functions.sh does in the
# guest.

P11_SANE := $(P11_TEST_OUT)/sanitize
P11_SANE_CFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fPIC
P11_SANE_PROGRAMS := test_functions test_threads test_storm
P11_SANE_LIB := $(P11_SANE)/libpalisade-pkcs11.so
p11_sane_object = $(patsubst %,$(P11_SANE)/%.o,$(1))

$(P11_SANE)/%.c.o: %.c $(P11_TEST)/sanitize.mk | $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(SDK_TEST_CFLAGS) $(P11_SANE_CFLAGS) -I. $(PKCS11_CFLAGS) \
		-MMD -MP -c -o $@ $<

P11_SANE_OBJECTS := $(call p11_sane_object,\
	$(PKCS11_LIB_SOURCES) $(PKCS11_TOKEN_SOURCES))
$(P11_SANE_LIB): $(P11_SANE_OBJECTS) $(LIBPAL) $(HOSTCRYPTO_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(P11_SANE_CFLAGS) -Wl,-Bsymbolic \
		-Wl,--version-script,$(PKCS11_LIB_MAP) -o $@ $^ \
		$(HOSTCRYPTO_LDLIBS)

$(P11_SANE_PROGRAMS:%=$(P11_SANE)/%): $(P11_SANE)/%: \
		$(P11_SANE)/$(P11_TEST)/%.c.o $(P11_SANE)/$(P11_TEST)/module.c.o
	$(call say,LD,$@)
	$(Q)$(CC) $(P11_SANE_CFLAGS) -o $@ $^ -pthread -ldl

-include $(P11_SANE_OBJECTS:.o=.d)
-include $(wildcard $(P11_SANE)/$(P11_TEST)/*.d)

P11_SANE_NEEDS := $(P11_SANE_LIB) $(P11_SANE_PROGRAMS:%=$(P11_SANE)/%) \
	$(PAL_TOOL) $(KEY_PAL).pal

check-token-functions: $(P11_SANE_NEEDS)	## PKCS#11 used wrongly, under sanitizers
	@failed=0; for name in $(P11_SANE_PROGRAMS); do \
		$(P11_TEST)/in_simulator.sh $(PAL_TOOL) \
			$(CURDIR)/$(KEY_PAL).pal functions \
			$(P11_SANE)/$$name $(CURDIR)/$(P11_SANE_LIB) \
			functions 1234 || failed=1; \
	done; exit $$failed

# The same with libpal, too, looked at for races; as wholes, since one is no
# use without the others.
P11_RACE := $(P11_TEST_OUT)/races
P11_RACE_PROGRAMS := test_threads test_storm
P11_RACE_CFLAGS := -fsanitize=thread -std=gnu11 -D_GNU_SOURCE -O1 -g -fPIC \
	-Ihv -Icrypto -Ipal-sdk -Ipal-sdk/include -I. $(PKCS11_CFLAGS) \
	$(HOSTCRYPTO_CFLAGS)
P11_RACE_LIB := $(P11_RACE)/libpalisade-pkcs11.so
P11_RACE_SOURCES := $(PKCS11_LIB_SOURCES) $(PKCS11_TOKEN_SOURCES) \
	pal-sdk/tpm/tpm_device.c $(wildcard pal-sdk/host/*.c)

$(P11_RACE_LIB): $(P11_RACE_SOURCES) $(wildcard pal-sdk/pkcs11/*/*.h \
		pal-sdk/host/*.h) $(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(P11_RACE_CFLAGS) -shared -Wl,-Bsymbolic \
		-Wl,--version-script,$(PKCS11_LIB_MAP) -o $@ \
		$(P11_RACE_SOURCES) $(LIBPAL) $(HOSTCRYPTO_LIB) \
		$(HOSTCRYPTO_LDLIBS)

$(P11_RACE_PROGRAMS:%=$(P11_RACE)/%): $(P11_RACE)/%: $(P11_TEST)/%.c \
		$(P11_TEST)/module.c $(P11_TEST)/module.h
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(P11_RACE_CFLAGS) -o $@ $(filter %.c,$^) -pthread -ldl

P11_RACE_NEEDS := $(P11_RACE_LIB) $(P11_RACE_PROGRAMS:%=$(P11_RACE)/%) \
	$(PAL_TOOL) $(KEY_PAL).pal

check-token-races: $(P11_RACE_NEEDS)	## PKCS#11 by many threads, looking for races
	@failed=0; for name in $(P11_RACE_PROGRAMS); do \
		TSAN_OPTIONS=exitcode=66 $(P11_TEST)/in_simulator.sh \
			$(PAL_TOOL) $(CURDIR)/$(KEY_PAL).pal functions \
			$(P11_RACE)/$$name $(CURDIR)/$(P11_RACE_LIB) \
			functions 1234 || failed=1; \
	done; exit $$failed

check-token: check-token-functions check-token-races
check-host-ready: $(P11_SANE_NEEDS) $(P11_RACE_NEEDS)

.PHONY: check-token-functions check-token-races
