# SPDX-License-Identifier: BSD-2-Clause
#
# Model checking of the code that knows whose memory is what.
#
#	make verify	prove, with CBMC: this machine's, or one that is fetched

VERIFY_CBMC := $(DOWNLOAD)/cbmc/cbmc

$(VERIFY_CBMC):
	$(Q)tests/verify/cbmc.sh $(abspath $(@D))

ifneq ($(shell command -v cbmc),)
verify: VERIFY_CBMC := cbmc
else
verify: | $(VERIFY_CBMC)
endif
verify:	## prove, with CBMC, what core/owner.c and core/npt.c promise
	@tests/verify/run.sh $(VERIFY_CBMC) $(BUILD)/tests/verify

.PHONY: verify
