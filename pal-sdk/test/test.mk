# SPDX-License-Identifier: BSD-2-Clause
#
# make check-sdk: the SDK's tests on the host, without a hypervisor.

SDK_TEST := $(PAL_SDK_OUT)/test
SDK_TEST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-Ihv -Icrypto -Ipal-sdk -Ipal-sdk/include $(HOSTCRYPTO_CFLAGS) \
	$(HOST_WARNINGS)

$(SDK_TEST)/objects/%.c.o: %.c pal-sdk/pal-sdk.mk pal-sdk/test/test.mk \
		| $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(SDK_TEST_CFLAGS) -MMD -MP -c -o $@ $<

# Test programs: what each is linked with besides its own source.
SDK_TEST_image_check := pal-sdk/tool/image_check.c hv/core/pal_image.c
SDK_TEST_runtime := pal-sdk/runtime/runtime.c pal-sdk/runtime/pad.c
SDK_TEST_machine := pal-sdk/tool/machine_judge.c pal-sdk/tool/hypervisor.c \
	pal-sdk/tool/command.c pal-sdk/host/device.c
SDK_TEST_libpal := $(filter-out %/device.c %/hypercall.c %/measure.c,\
	$(LIBPAL_SOURCES))
SDK_TEST_pack := pal-sdk/tool/image_check.c \
	$(wildcard pal-sdk/tool/elf_*.c) pal-sdk/host/file.c \
	pal-sdk/host/error.c
SDK_TESTS := image_check runtime machine libpal pack

# $(1): name
define sdk_test
$(SDK_TEST)/test_$(1): $(patsubst %,$(SDK_TEST)/objects/%.o,\
		pal-sdk/test/test_$(1).c $(SDK_TEST_$(1))) \
		$(HOSTCRYPTO_LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) -fsanitize=address,undefined -o $$@ $$^ -pthread \
		$(if $(filter pack,$(1)),-lelf)
-include $(patsubst %,$(SDK_TEST)/objects/%.d,\
		pal-sdk/test/test_$(1).c $(SDK_TEST_$(1)))
endef
$(foreach name,$(SDK_TESTS),$(eval $(call sdk_test,$(name))))

# PALs: one good, one that breaks rules, some that cannot be packed.
$(foreach name,good bad_constructor bad_thread_local bad_undefined bad_large,\
	$(eval $(call pal_image,$(SDK_TEST)/$(name),\
		pal-sdk/test/$(name)_pal.c)))
$(eval $(call pal_image,$(SDK_TEST)/faulty,pal-sdk/test/faulty_pal.c))
$(SDK_TEST)/bad_undefined.elf: PAL_LDFLAGS += \
	-Wl,--unresolved-symbols=ignore-all
$(SDK_TEST)/bad_relocations.elf: $(SDK_TEST)/good.elf
	$(call say,LD,$@)
	$(Q)$(CC) $(PAL_LDFLAGS) -Wl,-q -Wl,-T,$(PAL_LD) -o $@ \
		$(call pal_object,pal-sdk/test/good_pal.c) \
		-Wl,--start-group $(LIBPALRT) $(PALC_LIB) -Wl,--end-group
$(SDK_TEST)/bad_no_options.elf: $(SDK_TEST)/good.elf
	$(call say,OBJCOPY,$@)
	$(Q)objcopy -R .pal.meta $< $@
# An ordinary dynamic program.
$(SDK_TEST)/bad_program.elf: pal-sdk/test/test.mk
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)echo 'int main(void) { return 0; }' | $(CC) -x c -no-pie -o $@ -

SDK_TEST_ELFS := $(patsubst %,$(SDK_TEST)/%.elf,good bad_constructor \
	bad_thread_local bad_undefined bad_large bad_relocations \
	bad_no_options bad_program)

# A program for the simulator (PAL_BACKEND=sim) only, so not for the guest.
# $(1): name; $(2): its objects; $(3): libraries
define sdk_sim_program
$(SDK_TEST)/sim_$(1): $(2) $(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) -static -o $$@ $$^ $(3) $(HOSTCRYPTO_LDLIBS)
endef

# Typed calls, all the way.
$(eval $(call pal_image,$(SDK_TEST)/typed,pal-sdk/test/typed_pal.c))
$(eval $(call sdk_sim_program,typed,\
	$(call host_object,pal-sdk/test/test_typed.c)))
-include $(patsubst %.o,%.d,$(call host_object,pal-sdk/test/test_typed.c))
# The same in the guest.
$(eval $(call pal_program,$(SDK_TEST)/typed,pal-sdk/test/test_typed.c))
$(foreach file,$(SDK_TEST)/typed $(SDK_TEST)/typed.pal \
	pal-sdk/test/test_typed.sh,\
	$(eval $(call guest_copy,$(file),usr/lib/palisade/tests)))

include pal-sdk/test/sim.mk

SDK_CHECK_NEEDS := $(SDK_TESTS:%=$(SDK_TEST)/test_%) $(SDK_TEST_ELFS) \
	$(SDK_TEST)/good.pal $(SDK_TEST)/faulty.pal $(PAL_TOOL) \
	$(SDK_TEST)/sim_typed $(SDK_TEST)/typed.pal $(SIM_CHECK_NEEDS)

check-ready: $(SDK_CHECK_NEEDS)
check-sdk: $(SDK_CHECK_NEEDS)	## test the SDK on the host
	@failed=0; for name in $(SDK_TESTS); do \
		echo "# $$name"; \
		$(SDK_TEST)/test_$$name $(SDK_TEST) || failed=1; \
	done; \
	echo '# typed'; \
	PAL_BACKEND=sim PAL_SIM_QUIET=1 $(SDK_TEST)/sim_typed \
		$(SDK_TEST)/typed.pal || failed=1; \
	echo '# crossing'; \
	pal-sdk/test/test_crossing.sh $(PAL_CFLAGS) $(PAL_WARNINGS) -Ihv \
		-Ipal-sdk/include || failed=1; \
	echo '# programs'; \
	pal-sdk/test/test_programs.sh $(BUILD) || failed=1; \
	echo '# manuals'; \
	pal-sdk/test/test_manuals.sh $(PAL_TOOL) || failed=1; \
	echo '# progress'; \
	pal-sdk/test/test_progress.py $(PAL_TOOL) \
		$(SDK_TEST)/good.pal || failed=1; \
	exit $$failed

.PHONY: check-sdk
