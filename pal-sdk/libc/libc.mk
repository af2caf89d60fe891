# SPDX-License-Identifier: BSD-2-Clause
#
# build/pal-sdk/libpalc.a: the C library that PAL code sees.
# `make check-libc` tests the same sources on the host, with sanitizers.
# Several parts of the build need it; each may include it.

ifndef PALC_LIB

include pal-sdk/pal-flags.mk

PALC_SRC := pal-sdk/libc
PALC_OUT := $(BUILD)/pal-sdk/libc
PALC_LIB := $(BUILD)/pal-sdk/libpalc.a
PALC_OBJS := $(patsubst $(PALC_SRC)/%,$(PALC_OUT)/%.o,\
	$(wildcard $(PALC_SRC)/*.c $(PALC_SRC)/*.S))

$(PALC_OUT)/%.c.o: $(PALC_SRC)/%.c pal-sdk/pal-flags.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PAL_CFLAGS) $(PAL_WARNINGS) $(PALC_CFLAGS) -MMD -MP -c -o $@ $<

$(PALC_OUT)/%.S.o: $(PALC_SRC)/%.S pal-sdk/pal-flags.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PAL_CFLAGS) -MMD -MP -c -o $@ $<

# The loops that are memcpy() must not become calls of memcpy(), nor calloc()
# a call of calloc().
$(PALC_OUT)/%.c.o: PALC_CFLAGS := -fno-tree-loop-distribute-patterns \
	-fno-builtin

# D: neither time nor user in the archive; the old one may hold stale members.
$(PALC_LIB): $(PALC_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $^

-include $(wildcard $(PALC_OUT)/*.d)

# The tests: our functions under other names, beside the host's own.
PALC_NAMES := memcpy memmove memset memcmp memchr explicit_bzero strlen \
	strnlen strcmp strncmp strcpy strncpy strlcpy strcat strchr strrchr \
	strstr malloc calloc realloc free abort qsort bsearch strtol strtoul \
	atoi abs snprintf vsnprintf errno
PALC_TEST_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer -fno-builtin
PALC_TEST := $(BUILD)/tests/palc_test
PALC_TEST_OBJS := $(patsubst %,$(PALC_OUT)/host/%.o,\
	memory string format heap sort number)

$(PALC_OUT)/host/%.o: $(PALC_SRC)/%.c $(PALC_SRC)/libc.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PALC_TEST_CFLAGS) -ffreestanding -nostdinc \
		-isystem $(PALC_SRC)/include -isystem $(PAL_CC_INCLUDE) \
		$(foreach name,$(PALC_NAMES),-D$(name)=palc_$(name)) \
		-MMD -MP -c -o $@ $<

$(PALC_TEST): $(PALC_SRC)/test/palc_test.c $(PALC_TEST_OBJS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PALC_TEST_CFLAGS) -pthread -o $@ $^

check-ready: $(PALC_TEST)
check-libc: $(PALC_TEST)	## test the PAL's C library on the host
	@$(PALC_TEST)

-include $(wildcard $(PALC_OUT)/host/*.d)

all: $(PALC_LIB)

.PHONY: check-libc

endif
