# SPDX-License-Identifier: BSD-2-Clause
#
# make bench: figures to the terminal and to build/bench.json.

BENCH_DIR := tests/bench
BENCH_OUT := $(BUILD)/tests/bench
BENCH_FILES := $(addprefix $(BENCH_OUT)/,bench noop.pal bare.pal data.pal \
	seal.pal \
	load.pal load_p256.pal load_p384.pal) \
	$(BUILD)/examples/sign/sign.pal

$(eval $(call pal_image,$(BENCH_OUT)/noop,$(BENCH_DIR)/noop_pal.c))
$(eval $(call pal_image,$(BENCH_OUT)/bare,$(BENCH_DIR)/bare_pal.c \
	$(BENCH_DIR)/bare_start.S))
$(eval $(call pal_image,$(BENCH_OUT)/seal,$(BENCH_DIR)/seal_pal.c))
$(eval $(call pal_image,$(BENCH_OUT)/data,$(BENCH_DIR)/data_pal.c))
$(eval $(call pal_image,$(BENCH_OUT)/load,$(BENCH_DIR)/load_pal.c))
$(eval $(call pal_program,$(BENCH_OUT)/bench,\
	$(filter-out %_pal.c,$(wildcard $(BENCH_DIR)/*.c))))

# The same PAL, signed, with keys that nobody needs a second time.
$(BENCH_OUT)/load_%.pal: $(BENCH_OUT)/load.pal
	$(call say,SIGN,$@)
	$(Q)$(PAL_TOOL) keygen -f -c $* -o $(@:.pal=.pem) >/dev/null
	$(Q)$(PAL_TOOL) sign -k $(@:.pal=.pem) -o $@ $<

bench:	## measure; the figures go to build/bench.json too
bench: all sdk $(BENCH_FILES) $(GUEST_READY) guest-root-hv guest-root-loader \
		guest-root-sdk token-test-ready
	$(Q)$(BENCH_DIR)/bench.py --token $(P11_TEST_IN) $(GUEST_DISK) -- \
		$(BENCH_FILES)
.PHONY: bench
