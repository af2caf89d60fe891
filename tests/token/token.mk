# SPDX-License-Identifier: BSD-2-Clause
#
# The token's tests with programs that no one here wrote.
#
#   make token-test            each program once; what make test runs
#   make token-test-long       all sizes and numbers, and Debian 13's programs
#   make token-scan-long       the search of memory with 1,000 signatures

P11_TEST := tests/token
P11_TEST_OUT := $(BUILD)/tests/token
# What the guest finds in /in/token.
P11_TEST_IN := $(P11_TEST_OUT)/in/token

P11_TEST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -g -I. $(PKCS11_CFLAGS) \
	$(HOST_WARNINGS)
P11_TEST_PROGRAMS := $(notdir $(basename $(wildcard \
	$(P11_TEST)/test_*.c $(P11_TEST)/run_*.c)))

$(P11_TEST_OUT)/%.o: $(P11_TEST)/%.c $(P11_TEST)/token.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(P11_TEST_CFLAGS) -MMD -MP -c -o $@ $<

# Linked with the C library of the disk, which has dlopen().
$(P11_TEST_PROGRAMS:%=$(P11_TEST_IN)/%): $(P11_TEST_IN)/%: \
		$(P11_TEST_OUT)/%.o $(P11_TEST_OUT)/module.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ -pthread -ldl

# Runs here, on what the guest has written.
$(P11_TEST_OUT)/search: $(P11_TEST_OUT)/search.o
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^

-include $(wildcard $(P11_TEST_OUT)/*.d)

P11_TEST_FILES := $(wildcard $(P11_TEST)/*.sh) $(PKCS11_LIB) $(KEY_PAL).pal \
	pal-sdk/pkcs11/lib/palisade.module

# $(1): a file that the guest gets as it is
define token_test_copy
$(P11_TEST_IN)/$(notdir $(1)): $(1)
	@mkdir -p $$(@D)
	@cp $$< $$@
P11_TEST_READY += $(P11_TEST_IN)/$(notdir $(1))
endef
P11_TEST_READY := $(P11_TEST_PROGRAMS:%=$(P11_TEST_IN)/%)
$(foreach file,$(P11_TEST_FILES),$(eval $(call token_test_copy,$(file))))

P11_TEST_VM = tests/guest/vm --in $(P11_TEST_IN) --memory 1536 \
	--disk $(GUEST_DISK)

token-test-ready: $(P11_TEST_READY) $(GUEST_READY) $(GUEST_DISK) \
	guest-root-hv guest-root-loader guest-root-sdk guest-root-system

token-test: token-test-ready	## test the token with real programs
	@$(P11_TEST_VM) --timeout 900 $(P11_TEST)/suite.sh

P11_SCAN_COUNT := 20
token-scan: token-test-ready guest-root-attacks $(P11_TEST_OUT)/search
token-scan:	## search all memory in root's reach for a token's keys
	@$(P11_TEST)/scan_test $(P11_TEST_IN) $(GUEST_DISK) \
		$(P11_SCAN_COUNT)

token-scan-long: P11_SCAN_COUNT := 1000
token-scan-long: token-scan	## the same during 1,000 signatures with each key

token-bench: token-test-ready	## signatures with a token, with SoftHSM2, OpenSSL
	@$(P11_TEST)/token_bench.py $(P11_TEST_IN) $(GUEST_DISK)

token-test-long: token-test-ready $(GUEST_DISK_trixie)	## all sizes and numbers
	@$(P11_TEST_VM) --timeout 3600 $(P11_TEST)/suite.sh -l
	@tests/guest/vm --kernel 6.12 --in $(P11_TEST_IN) --memory 1536 \
		--disk $(GUEST_DISK_trixie) --timeout 3600 \
		$(P11_TEST)/suite.sh -l

.PHONY: token-test-ready token-test token-scan token-scan-long token-bench \
	token-test-long
