# SPDX-License-Identifier: BSD-2-Clause
#
# The simulator's process: a program without a C library, far above all PALs,
# which becomes a part of libpal (host/sim_program.S).

SIM_OUT := $(PAL_SDK_OUT)/sim
SIM_PROGRAM := $(SIM_OUT)/pal-sim
SIM_SOURCES := $(wildcard pal-sdk/sim/*.c) pal-sdk/sim/start.S
SIM_OBJECTS := $(patsubst pal-sdk/sim/%,$(SIM_OUT)/%.o,$(SIM_SOURCES))
SIM_CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fPIE -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables \
	-fno-omit-frame-pointer -ffile-prefix-map=$(CURDIR)=. -Ihv -Ipal-sdk \
	-Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
	-Wswitch-enum -Wvla -Werror

$(SIM_OUT)/%.o: pal-sdk/sim/% pal-sdk/sim/sim.mk
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(SIM_CFLAGS) -MMD -MP -c -o $@ $<

$(SIM_PROGRAM): $(SIM_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(CC) -nostdlib -static -Wl,-Ttext-segment=0x600000000000 \
		-Wl,--build-id=none -Wl,-z,noexecstack -s -o $@ $^

-include $(SIM_OBJECTS:.o=.d)

# The notary is packed here again: `pal pack` needs libpal, which needs this.
SIM_PACK := $(SIM_OUT)/pack
SIM_PACK_SOURCES := pal-sdk/sim/pack/main.c pal-sdk/tool/pack.c \
	pal-sdk/tool/command.c pal-sdk/tool/image_check.c \
	pal-sdk/tool/output_file.c \
	$(wildcard pal-sdk/tool/elf_*.c) pal-sdk/host/error.c pal-sdk/host/file.c
$(SIM_PACK): $(call host_object,$(SIM_PACK_SOURCES))
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -o $@ $^ -lelf
-include $(HOST_OBJ_OUT)/pal-sdk/sim/pack/main.c.d

SIM_NOTARY := $(SIM_OUT)/notary.pal
$(SIM_NOTARY): $(BUILD)/crypto/notary/notary.elf $(SIM_PACK)
	$(call say,PACK,$@)
	$(Q)$(SIM_PACK) -o $@ $<

# One more member of libpal; position-independent as it is.
LIBPAL_SIM_OBJECT := $(SIM_OUT)/sim_program.o
$(LIBPAL_SIM_OBJECT): pal-sdk/host/sim_program.S $(SIM_PROGRAM) $(SIM_NOTARY)
	$(call say,AS,$@)
	$(Q)$(CC) -DSIM_PROGRAM='"$(SIM_PROGRAM)"' \
		-DSIM_NOTARY='"$(SIM_NOTARY)"' -c -o $@ $<

$(LIBPAL): $(LIBPAL_SIM_OBJECT)
# The one test that links libpal's sources, not the archive.
$(PAL_SDK_OUT)/test/test_libpal: $(LIBPAL_SIM_OBJECT)
