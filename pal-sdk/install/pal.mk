# SPDX-License-Identifier: BSD-2-Clause
#
# For makefiles of PALs:
#
#	include $(shell pal cc --print-sdk)/pal.mk
#	$(eval $(call pal_image,key,key_pal.c other.c))
#
#	key: key.c
#		$(CC) $(PAL_HOST_CFLAGS) -o $@ $< $(PAL_HOST_LIBS)
#
# gives a rule for key.pal, built again when a source or a header of it changes.
# PAL_FLAGS are given to `pal cc` for each source and for the image, PAL_KEY is
# a private key to sign with.  PAL_CLEAN is what `make clean` should remove.

PAL_SDK := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
PAL_PREFIX := $(abspath $(PAL_SDK)/../..)
PAL ?= $(PAL_PREFIX)/bin/pal

# For programs that call PALs.
PAL_HOST_CFLAGS := $(if $(filter /usr,$(PAL_PREFIX)),,-I$(PAL_PREFIX)/include)
PAL_HOST_LIBS := $(PAL_PREFIX)/lib/libpal.a -pthread

pal_objects = $(patsubst %.S,%.pal.o,$(patsubst %.c,%.pal.o,$(1)))

# $(1): name, without .pal; $(2): sources, .c and .S
define pal_image
$(1).pal: $(call pal_objects,$(2)) $(PAL_KEY)
	$$(PAL) cc $$(PAL_FLAGS) $$(if $$(PAL_KEY),-k $$(PAL_KEY)) -o $$@ \
		$(call pal_objects,$(2))
-include $(patsubst %.o,%.d,$(call pal_objects,$(2)))
PAL_CLEAN += $(1).pal $(1).elf $(call pal_objects,$(2)) \
	$(patsubst %.o,%.d,$(call pal_objects,$(2)))
endef

%.pal.o: %.c
	$(PAL) cc $(PAL_FLAGS) -MMD -MP -c -o $@ $<

%.pal.o: %.S
	$(PAL) cc $(PAL_FLAGS) -MMD -MP -c -o $@ $<
