# SPDX-License-Identifier: BSD-2-Clause
#
# The published vectors inside a PAL: the PAL, its driver, and the vector files
# for the guest.  There:
#
#	cd /usr/lib/palisade
#	VECTORS_PAL=vectors.pal run_vectors vectors/*.txt
#
# Included after pal-sdk/pal-sdk.mk, for it uses its macros.

$(eval $(call pal_image,$(VECTORS_OUT)/vectors,$(VECTORS_SRC)/vectors_pal.c))
$(eval $(call pal_program,$(VECTORS_OUT)/run_vectors,\
	$(VECTORS_SRC)/run_vectors.c $(VECTORS_SRC)/call_pal.c))
$(eval $(call guest_copy,$(VECTORS_OUT)/run_vectors,usr/bin))
$(eval $(call guest_copy,$(VECTORS_OUT)/vectors.pal,usr/lib/palisade))
# There it is about the way to the PAL; Wycheproof's many are for the host.
$(foreach file,$(filter-out $(VECTORS_SRC)/wycheproof_%,$(VECTORS_FILES)),$(eval \
	$(call guest_copy,$(file),usr/lib/palisade/vectors)))

all: $(VECTORS_OUT)/run_vectors $(VECTORS_OUT)/vectors.pal

# The packed image itself, without a hypervisor; see call_bare.c.
$(eval $(call pal_program,$(VECTORS_OUT)/run_bare,\
	$(VECTORS_SRC)/run_vectors.c $(VECTORS_SRC)/call_bare.c))

check-vectors-image: $(VECTORS_OUT)/run_bare $(VECTORS_OUT)/vectors.pal	## published crypto vectors over the packed PAL image
	@VECTORS_PAL=$(VECTORS_OUT)/vectors.pal $(VECTORS_OUT)/run_bare \
		$(VECTORS_FILES)

.PHONY: check-vectors-image
