# SPDX-License-Identifier: BSD-2-Clause
#
# pald, the machine-wide service; make check-pald tests it in the simulator.

PALD := $(PAL_SDK_OUT)/pald
PALD_SOURCES := $(wildcard pal-sdk/pald/*.c)

# Dynamic: users and groups come from whatever the machine has them in.
$(PALD): $(call host_object,$(PALD_SOURCES)) $(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -Wl,-z,relro -Wl,-z,now -o $@ $^ $(HOSTCRYPTO_LDLIBS)
-include $(patsubst %.o,%.d,$(call host_object,$(PALD_SOURCES)))
$(call host_object,$(PALD_SOURCES)): HOST_EXTRA_CFLAGS += -fPIE
$(eval $(call guest_copy,$(PALD),usr/sbin))

SDK_TEST_pald_protocol := pal-sdk/host/pald_protocol.c
SDK_TEST_pald_config := pal-sdk/host/pald_protocol.c pal-sdk/pald/config.c
PALD_TESTS := pald_protocol pald_config
$(foreach name,$(PALD_TESTS),$(eval $(call sdk_test,$(name))))

# pald itself with sanitizers; as it is installed it is tested in the guest.
PALD_CHECKED := $(SDK_TEST)/pald
PALD_CHECKED_OBJECTS := $(PALD_SOURCES:%=$(SDK_TEST)/objects/%.o)
$(PALD_CHECKED): $(PALD_CHECKED_OBJECTS) $(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=address,undefined -o $@ $^ $(HOSTCRYPTO_LDLIBS)
-include $(PALD_CHECKED_OBJECTS:.o=.d)

$(eval $(call pal_image,$(SDK_TEST)/pald,pal-sdk/test/pald_pal.c))
PALD_CHECK_NEEDS := $(PALD_TESTS:%=$(SDK_TEST)/test_%) $(PALD_CHECKED) \
	$(SDK_TEST)/pald.pal $(LIBPAL_SHARED) $(PAL_TOOL) \
	$(BUILD)/examples/safe/safe.pal

check-host-ready: $(PALD_CHECK_NEEDS)
check-pald: $(PALD_CHECK_NEEDS)	## test pald in the simulator
	@failed=0; for name in $(PALD_TESTS); do \
		echo "# $$name"; \
		$(SDK_TEST)/test_$$name || failed=1; \
	done; \
	echo '# pald'; \
	PYTHONDONTWRITEBYTECODE=1 pal-sdk/test/test_pald.py $(PALD_CHECKED) \
		$(SDK_TEST)/pald.pal $(abspath $(LIBPAL_SHARED)) $(PAL_TOOL) \
		|| failed=1; \
	PYTHONDONTWRITEBYTECODE=1 pal-sdk/test/beside_tpm.sh \
		pal-sdk/test/test_pald_tpm.py $(PALD_CHECKED) \
		$(BUILD)/examples/safe/safe.pal $(abspath $(LIBPAL_SHARED)) \
		|| failed=1; \
	exit $$failed

.PHONY: check-pald
