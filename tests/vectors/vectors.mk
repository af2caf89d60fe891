# SPDX-License-Identifier: BSD-2-Clause
#
# The published vectors, on the host: once with everything under sanitizers
# (but for Mbed TLS itself), once over the very objects that PALs are linked
# from.  The run inside a PAL is among the guest's tests; it uses
# vectors_pal.c, and run_vectors.c with call_pal.c.

ifndef VECTORS_SRC

VECTORS_SRC := tests/vectors
VECTORS_OUT := $(BUILD)/tests/vectors
VECTORS_FILES := $(sort $(wildcard $(VECTORS_SRC)/*.txt))

VECTORS_CFLAGS := -std=gnu11 -g -O1 -Wall -Wextra -Werror -Wshadow \
	-Ihv -Ipal-sdk/include -I$(VECTORS_SRC)
VECTORS_SOURCES := $(addprefix $(VECTORS_SRC)/,run_vectors.c vectors_pal.c \
	call_direct.c)
VECTORS_DEPS := $(VECTORS_SOURCES) $(wildcard $(VECTORS_SRC)/*.h) \
	$(wildcard pal-sdk/include/*.h hv/abi/*.h) $(VECTORS_SRC)/vectors.mk

$(VECTORS_OUT)/run_host: $(VECTORS_DEPS) $(HOSTCRYPTO_LIB)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(VECTORS_CFLAGS) -fsanitize=address,undefined \
		-fno-sanitize-recover=all $(HOSTCRYPTO_CFLAGS) -o $@ \
		$(VECTORS_SOURCES) $(HOSTCRYPTO_LIB) $(HOSTCRYPTO_LDLIBS)

# Only the stack guard's variable comes from our libc here.
$(VECTORS_OUT)/run_pal_objects: $(VECTORS_DEPS) $(PALCRYPTO_LIB) $(PALC_LIB)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(VECTORS_CFLAGS) -fno-pie -no-pie $(PALCRYPTO_CFLAGS) -o $@ \
		$(VECTORS_SOURCES) $(PALCRYPTO_LIB) \
		$(PALC_OUT)/stack_guard.S.o

check-host-ready: $(VECTORS_OUT)/run_host $(VECTORS_OUT)/run_pal_objects
check-vectors: $(VECTORS_OUT)/run_host $(VECTORS_OUT)/run_pal_objects	## published crypto vectors, on the host
	@$(VECTORS_OUT)/run_host $(VECTORS_FILES)
	@$(VECTORS_OUT)/run_pal_objects $(VECTORS_FILES)

.PHONY: check-vectors

endif
