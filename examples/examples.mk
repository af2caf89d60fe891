# SPDX-License-Identifier: BSD-2-Clause
#
# Each example is a folder: NAME.c the program, NAME_pal.c its PAL, NAME.h what
# they agree on.

EXAMPLES := hello sign password counter safe xlarge pipeline

# $(1): name
define example
$(call pal_image,$(BUILD)/examples/$(1)/$(1),examples/$(1)/$(1)_pal.c)
$(call pal_program,$(BUILD)/examples/$(1)/$(1),examples/$(1)/$(1).c)
$(call guest_copy,$(BUILD)/examples/$(1)/$(1),usr/bin)
$(call guest_copy,$(BUILD)/examples/$(1)/$(1).pal,usr/lib/palisade)
all: $(BUILD)/examples/$(1)/$(1) $(BUILD)/examples/$(1)/$(1).pal
endef

$(foreach name,$(EXAMPLES),$(eval $(call example,$(name))))

# pipeline has a second PAL, and a policy.
STAMP := $(BUILD)/examples/pipeline/stamp
$(eval $(call pal_image,$(STAMP),examples/pipeline/stamp_pal.c))
$(eval $(call guest_copy,$(STAMP).pal,usr/lib/palisade))
$(eval $(call guest_copy,examples/pipeline/policy.conf,etc/palisade/pipeline))
all: $(STAMP).pal
