# SPDX-License-Identifier: BSD-2-Clause
#
# make check-sim: the simulator (pal-sdk/sim, host/sim*.c) and what debugging is
# made of.  Included by test.mk.

SDK_TEST_sim := $(filter-out %/measure.c,$(LIBPAL_SOURCES))
$(eval $(call sdk_test,sim))
SDK_TEST_sim_peer := $(SDK_TEST_sim) pal-sdk/test/sim_peers.c
$(eval $(call sdk_test,sim_peer))
$(SDK_TEST)/test_sim $(SDK_TEST)/test_sim_peer: $(LIBPAL_SIM_OBJECT)

$(call pal_object,pal-sdk/test/sim_pal.c pal-sdk/test/sim_quiet_pal.c): \
	PAL_EXTRA_CFLAGS := $(PAL_DEBUG_CFLAGS)
$(eval $(call pal_image,$(SDK_TEST)/sim,pal-sdk/test/sim_pal.c))
$(eval $(call pal_image,$(SDK_TEST)/sim_quiet,pal-sdk/test/sim_quiet_pal.c))
$(eval $(call pal_image,$(SDK_TEST)/sim_peer,tests/system/pals/peer_debug.c))
$(eval $(call pal_image,$(SDK_TEST)/sim_typed_peer,\
	pal-sdk/test/sim_typed_peer_pal.c))

$(eval $(call sdk_sim_program,top,\
	$(call host_object,pal-sdk/test/test_top.c pal-sdk/tool/top_print.c \
		pal-sdk/tool/policy_print.c pal-sdk/tool/status_policy.c \
		pal-sdk/tool/status_print.c pal-sdk/tool/root_kind.c \
		pal-sdk/tool/json.c)))

-include $(HOST_OBJ_OUT)/pal-sdk/test/test_top.c.d

# A carrier of messages to the TPM that lies.
TPM_CARRIER := $(call host_object,pal-sdk/test/tpm_carrier.c)
$(eval $(call pal_program,$(SDK_TEST)/tpm_liar,\
	pal-sdk/test/tpm_liar.c pal-sdk/test/tpm_carrier.c))
$(eval $(call guest_copy,$(SDK_TEST)/tpm_liar,usr/lib/palisade/tests,guest-root-system))

SIM_EXAMPLES := hello sign password counter safe xlarge pipeline
SIM_CHECK_NEEDS := $(STAGE_READY) $(SDK_TEST)/test_sim $(SDK_TEST)/sim_top $(SDK_TEST)/sim.pal \
	$(SDK_TEST)/sim_quiet.pal $(SDK_TEST)/faulty.pal $(PAL_TOOL) \
	$(SDK_TEST)/test_sim_peer $(SDK_TEST)/sim_peer.pal \
	$(SDK_TEST)/sim_typed_peer.pal $(SDK_TEST)/typed.pal \
	$(SDK_TEST)/tpm_liar \
	$(addprefix $(BUILD)/tests/system/,helper_seal sealer.pal \
		sealer_new.pal sealer_twin.pal sealer_debug.pal) \
	$(foreach name,$(SIM_EXAMPLES),$(BUILD)/examples/$(name)/$(name) \
		$(BUILD)/examples/$(name)/$(name).pal) \
	$(BUILD)/examples/pipeline/stamp.pal
# Lines of a recipe, after failed=0.
SIM_CHECK = echo '\# simulator'; \
	$(SDK_TEST)/test_sim $(SDK_TEST) || failed=1; \
	echo '\# calls between PALs'; \
	$(SDK_TEST)/test_sim_peer $(SDK_TEST) || failed=1; \
	echo '\# top'; \
	$(SDK_TEST)/sim_top || failed=1; \
	echo '\# sealing'; \
	pal-sdk/test/test_seal.sh $(BUILD) || failed=1; \
	echo '\# counters that outlive a boot'; \
	pal-sdk/test/beside_tpm.sh pal-sdk/test/test_lasting.sh $(BUILD) || \
		failed=1; \
	echo '\# debugging'; \
	pal-sdk/test/test_sim.sh $(BUILD) || failed=1; \
	echo '\# examples'; \
	BUILD=$(BUILD) examples/test.sh sim || failed=1;

check-sim: $(SIM_CHECK_NEEDS)	## test the simulator, debugging, the examples
	@failed=0; $(SIM_CHECK) exit $$failed

check-examples-hv:	## test the examples under the hypervisor
check-examples-hv: all $(GUEST_READY) guest-root-hv guest-root-loader \
		guest-root-sdk
	@examples/test.sh hv

.PHONY: check-sim check-examples-hv
