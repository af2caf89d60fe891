# SPDX-License-Identifier: BSD-2-Clause
#
# The SDK: libpal.a for programs, libpalrt.a for PALs, the `pal` command.
#
# To make a PAL, one line (BUILD has what is made, without its .pal):
#
#	$(eval $(call pal_image,$(BUILD)/examples/hello/hello,hello_pal.c ...))
#
# gives rules for $(BUILD)/examples/hello/hello.pal (and .elf, .map).  Sources
# are .c or .S files below the top folder, compiled with PAL_CFLAGS; flags for
# one source: $(call pal_object,file.c): PAL_EXTRA_CFLAGS := -Dx.
# To make a program that uses PALs (linked statically, runs in the guest):
#
#	$(eval $(call pal_program,$(BUILD)/examples/hello/hello,hello.c ...))

PAL_SDK_OUT := $(BUILD)/pal-sdk
PAL_OBJ_OUT := $(BUILD)/pal-objects
HOST_OBJ_OUT := $(BUILD)/host-objects
LIBPAL := $(PAL_SDK_OUT)/libpal.a
LIBPALRT := $(PAL_SDK_OUT)/libpalrt.a
PAL_TOOL := $(PAL_SDK_OUT)/pal
PAL_LD := pal-sdk/runtime/pal.ld

# What each host source of the SDK is compiled with, and what each program gets.
HOST_WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes \
	-Wstrict-prototypes -Wswitch-enum -Wvla -Werror
HOST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -g -fstack-protector-strong \
	-ffile-prefix-map=$(CURDIR)=. -Ihv -Icrypto -Ipal-sdk -Ipal-sdk/include \
	$(HOSTCRYPTO_CFLAGS) $(HOST_WARNINGS)

pal_object = $(patsubst %,$(PAL_OBJ_OUT)/%.o,$(1))
host_object = $(patsubst %,$(HOST_OBJ_OUT)/%.o,$(1))

# The Mbed TLS headers must be unpacked before anything includes them.
$(PAL_OBJ_OUT)/%.c.o: %.c pal-sdk/pal-sdk.mk pal-sdk/pal-flags.mk \
		| $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(PAL_CFLAGS) $(PAL_WARNINGS) -Ihv -Ipal-sdk/include \
		$(PALCRYPTO_CFLAGS) $(PAL_EXTRA_CFLAGS) -MMD -MP -c -o $@ $<

$(PAL_OBJ_OUT)/%.S.o: %.S pal-sdk/pal-sdk.mk pal-sdk/pal-flags.mk
	@mkdir -p $(@D)
	$(call say,AS,$@)
	$(Q)$(CC) $(PAL_CFLAGS) -Ihv -Ipal-sdk/include $(PAL_EXTRA_CFLAGS) \
		-MMD -MP -c -o $@ $<

$(HOST_OBJ_OUT)/%.c.o: %.c pal-sdk/pal-sdk.mk | $(MBEDTLS_STAMP)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(HOST_CFLAGS) $(HOST_EXTRA_CFLAGS) -MMD -MP -c -o $@ $<

# $(1): output without .pal; $(2): sources
define pal_image
$(1).elf: $(call pal_object,$(2)) $(PAL_LD) $(LIBPALRT) $(PALCRYPTO_LIB) \
		$(PALC_LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) $$(PAL_LDFLAGS) -Wl,-T,$(PAL_LD) -Wl,-Map,$(1).map -o $$@ \
		$(call pal_object,$(2)) -Wl,--undefined=_start \
		-Wl,--start-group $(LIBPALRT) $(PALCRYPTO_LIB) $(PALC_LIB) \
		-Wl,--end-group
$(1).pal: $(1).elf $(PAL_TOOL)
	$$(call say,PACK,$$@)
	$(Q)$(PAL_TOOL) pack -o $$@ $$<
-include $(patsubst %.o,%.d,$(call pal_object,$(2)))
endef

# $(1): the program; $(2): sources
define pal_program
$(1): $(call host_object,$(2)) $(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$(Q)$(CC) -Wl,-z,relro -Wl,-z,now -o $$@ $(call host_object,$(2)) $(LIBPAL) \
		$(HOSTCRYPTO_LIB) $(HOSTCRYPTO_LDLIBS)
-include $(patsubst %.o,%.d,$(call host_object,$(2)))
endef

# The notary's own code: for the simulator, and so that `pal verify` says what
# the notary would.  Of the tool's code, what policies in text need.
LIBPAL_TOOL_SOURCES := $(addprefix pal-sdk/tool/,image_check.c hex.c key.c \
	policy_file.c policy_lines.c policy_rules.c policy_text.c \
	policy_values.c)
LIBPAL_SOURCES := $(wildcard pal-sdk/host/*.c) $(LIBPAL_TOOL_SOURCES) \
	$(addprefix crypto/notary/,policy.c register.c seal.c service.c \
	signature.c) pal-sdk/tpm/tpm_device.c crypto/tpm/message.c
LIBPALRT_SOURCES := $(wildcard pal-sdk/runtime/*.c pal-sdk/runtime/*.S \
	crypto/tpm/*.c)
PAL_TOOL_SOURCES := $(filter-out $(LIBPAL_TOOL_SOURCES),\
	$(wildcard pal-sdk/tool/*.c)) pal-sdk/tpm/tpm_root.c

# D: neither time nor user in the archive.
$(LIBPAL): $(call host_object,$(LIBPAL_SOURCES))
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $^

$(call pal_object,$(LIBPALRT_SOURCES)): PAL_EXTRA_CFLAGS := -Icrypto

$(LIBPALRT): $(call pal_object,$(LIBPALRT_SOURCES))
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $^

# Dynamic: Debian 13's libelf.a lacks functions of its own (elfutils 0.192).
$(PAL_TOOL): $(call host_object,$(PAL_TOOL_SOURCES)) $(LIBPAL) $(HOSTCRYPTO_LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -Wl,-z,relro -Wl,-z,now -o $@ $(filter %.o,$^) \
		$(PKCS11_TOKEN_LIB) $(LIBPAL) $(HOSTCRYPTO_LIB) -lelf \
		$(HOSTCRYPTO_LDLIBS)

-include $(patsubst %.o,%.d,$(call host_object,\
	$(LIBPAL_SOURCES) $(PAL_TOOL_SOURCES)))
-include $(patsubst %.o,%.d,$(call pal_object,$(LIBPALRT_SOURCES)))

all: $(LIBPAL) $(LIBPALRT) $(PAL_TOOL)

# What the guest gets; programs to usr/bin, images to usr/lib/palisade.  Of a
# program it gets what runs: each boot unpacks all this.
# $(1): a file; $(2): folder in the guest; $(3): the target it is part of,
# guest-root-sdk if none is named
define guest_copy
$(GUEST_ROOT)/$(2)/$(notdir $(1)): $(1)
	@mkdir -p $$(@D)
	$(Q)strip -o $$@ $$< 2>/dev/null || cp $$< $$@
$(or $(3),guest-root-sdk): $(GUEST_ROOT)/$(2)/$(notdir $(1))
endef

$(eval $(call guest_copy,$(PAL_TOOL),usr/bin))
.PHONY: guest-root-sdk

include pal-sdk/pkcs11/key/key.mk
include pal-sdk/pkcs11/token/token.mk
include pal-sdk/pkcs11/lib/lib.mk
include pal-sdk/sim/sim.mk
include pal-sdk/install/stage.mk
include pal-sdk/test/test.mk
include pal-sdk/pkcs11/test/test.mk
include pal-sdk/pald/pald.mk
