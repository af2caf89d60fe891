# SPDX-License-Identifier: BSD-2-Clause
#
# make check-sim: the simulator (pal-sdk/sim, host/sim*.c) and what debugging is
# made of.  Included by test.mk.

SDK_TEST_sim := pal-sdk/tool/image_check.c \
	$(filter-out %/measure.c,$(wildcard pal-sdk/host/*.c))
$(eval $(call sdk_test,sim))
$(SDK_TEST)/test_sim: $(LIBPAL_SIM_OBJECT)

$(call pal_object,pal-sdk/test/sim_pal.c pal-sdk/test/sim_quiet_pal.c): \
	PAL_EXTRA_CFLAGS := $(PAL_DEBUG_CFLAGS)
$(eval $(call pal_image,$(SDK_TEST)/sim,pal-sdk/test/sim_pal.c))
$(eval $(call pal_image,$(SDK_TEST)/sim_quiet,pal-sdk/test/sim_quiet_pal.c))

SIM_CHECK_NEEDS := $(SDK_TEST)/test_sim $(SDK_TEST)/sim.pal \
	$(SDK_TEST)/sim_quiet.pal

check-sim: $(SIM_CHECK_NEEDS)	## test the simulator and debugging
	@$(SDK_TEST)/test_sim $(SDK_TEST)

.PHONY: check-sim
