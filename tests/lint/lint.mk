# SPDX-License-Identifier: BSD-2-Clause
#
#   make lint    everything that can be said of the sources without running them
#   make check   lint, and all tests that need no emulator
#   make format  put right what a program can; say what it cannot
#   make tcb     lines and bytes that one has to trust
#
# Each tests/lint/NAME.sh looks at the whole tree.  What takes longer is done
# for each file again only when it or a header changed: lint-NAME, stamps in
# build/tests/lint.

LINT_SRC := tests/lint
LINT_OUT := $(BUILD)/tests/lint

LINT_SCRIPTS := layers size spdx words links style shell
LINT_PARTS := state headers clang tidy cppcheck sparse

LINT_HV_FLAGS := -std=gnu11 -ffreestanding -Ihv -DHV_DEBUG=0
LINT_HV_HEADERS := $(wildcard hv/*/*.h)

# Core objects have no variables, in neither build.
LINT_STATE_PARTS := hv/core/% hv/lib/%
lint-state: hv
	@$(LINT_SRC)/state.sh \
		$(patsubst hv/%,$(BUILD)/hv/%.o,\
			$(filter $(LINT_STATE_PARTS),$(HV_RELEASE))) \
		$(patsubst hv/%,$(BUILD)/hv-debug/%.o,\
			$(filter $(LINT_STATE_PARTS),$(HV_DEBUG)))

# Each header compiles alone.
$(LINT_OUT)/headers/%.ok: % $(LINT_SRC)/lint.mk
	@mkdir -p $(@D)
	@$(CC) $(LINT_HV_FLAGS) -Wall -Wextra -Werror -fsyntax-only -MMD -MP \
		-MT $@ -MF $(@:.ok=.d) -x c $<
	@touch $@

LINT_HEADERS := $(LINT_HV_HEADERS:%=$(LINT_OUT)/headers/%.ok)
lint-headers: $(LINT_HEADERS)

# The hypervisor under the other compiler, which warns of other things.
LINT_CLANG_FLAGS := -std=gnu11 -O2 -ffreestanding -fpie -fvisibility=hidden \
	-mgeneral-regs-only -mno-red-zone -Ihv -MMD -MP $(WARNINGS)

$(LINT_OUT)/clang/%.o: hv/%.c hv/hv.mk $(LINT_SRC)/lint.mk
	@mkdir -p $(@D)
	@clang $(LINT_CLANG_FLAGS) -DHV_DEBUG=0 -c -o $@ $<
	@clang $(LINT_CLANG_FLAGS) -DHV_DEBUG=1 -c -o $(@:.o=.debug.o) $<

LINT_HV_SOURCES := $(wildcard hv/core/*.c hv/lib/*.c hv/x86/*.c hv/svm/*.c \
			      hv/iommu/*.c)
LINT_CLANG := $(LINT_HV_SOURCES:hv/%.c=$(LINT_OUT)/clang/%.o)
lint-clang: $(LINT_CLANG)

# .clang-tidy says what is looked for.
LINT_SDK_SOURCES := $(wildcard \
	$(foreach folder,runtime host tool libc pald tpm pkcs11/lib,\
		pal-sdk/$(folder)/*.c))

# In libpal the analyzer takes an error that was noted for none, goes on from
# there, and finds what was not filled in, or freed twice; and the simulator
# has its reasons for vfork().
$(LINT_OUT)/tidy/pal-sdk/host/%.ok: LINT_TIDY_LESS := \
	--checks=-clang-analyzer-core.*,-clang-analyzer-unix.Malloc,$(strip \
	)-clang-analyzer-unix.Vfork,-clang-analyzer-security.insecureAPI.vfork,$(strip \
	)-bugprone-unsafe-functions

# $(1): flags, also for finding out which headers the file depends on
define tidy
@mkdir -p $(@D)
@$(CC) $(1) -MM -MP -MT $@ -MF $(@:.ok=.d) $<
@clang-tidy --quiet $(LINT_TIDY_LESS) $< -- $(1) 2>&1 | $(LINT_SRC)/quiet.sh
@touch $@
endef

$(LINT_OUT)/tidy/hv/%.ok: hv/% .clang-tidy $(LINT_SRC)/lint.mk
	$(call tidy,$(LINT_HV_FLAGS))

$(LINT_OUT)/tidy/pal-sdk/%.ok: pal-sdk/% .clang-tidy $(LINT_SRC)/lint.mk \
		| $(MBEDTLS_STAMP)
	$(call tidy,-std=gnu11 -D_GNU_SOURCE -Ihv -Ipal-sdk -Ipal-sdk/include \
		-Icrypto $(PKCS11_CFLAGS) $(HOSTCRYPTO_CFLAGS))

LINT_TIDY := $(patsubst %,$(LINT_OUT)/tidy/%.ok,\
	$(LINT_HV_SOURCES) $(LINT_SDK_SOURCES))
lint-tidy: $(LINT_TIDY)

-include $(LINT_HEADERS:.ok=.d) $(LINT_CLANG:.o=.d) $(LINT_TIDY:.ok=.d)

# cppcheck does not parse attributes of pointers to functions; it keeps what it
# knows of files that did not change.
lint-cppcheck:
	@mkdir -p $(LINT_OUT)/cppcheck
	@cppcheck -q --enable=warning,portability,performance --std=c11 \
		--library=gnu -D__x86_64__ -DHV_DEBUG=0 '-D__attribute__(x)=' \
		--suppressions-list=$(LINT_SRC)/cppcheck.txt \
		--error-exitcode=1 --cppcheck-build-dir=$(LINT_OUT)/cppcheck \
		-Ihv -Ipal-sdk -Ipal-sdk/include $(LINT_HV_SOURCES) \
		$(LINT_SDK_SOURCES)

# The module's own checker, where the kernel's headers have been fetched.
$(LINT_OUT)/sparse-%.ok: $(LOADER_SOURCES) $(LOADER_ABI)
	@mkdir -p $(@D)
	+@$(MAKE) --no-print-directory loader-sparse-$* >$(@:.ok=.log) 2>&1 || \
		{ cat $(@:.ok=.log); exit 1; }
	@touch $@

lint-sparse: $(foreach kernel,$(GUEST_KERNELS),\
	$(if $(wildcard $(KERNEL_$(kernel)_READY)),\
		$(LINT_OUT)/sparse-$(kernel).ok))
	@:

lint:	## look at the sources with every checker
	+@$(LINT_SRC)/run.sh "$(MAKE)" "$(LINT_SCRIPTS)" "$(LINT_PARTS)"

# Each folder adds what its check-* needs: all of it is built at once, then the
# parts run side by side, the longest first.
check-ready: hv

check:	## unit tests and lint, without an emulator
	+@$(LINT_SRC)/check.sh "$(MAKE)" check-ready lint check-unit check-sdk \
		check-libc check-crypto

# What takes longer, or is a test of whole programs.
check-host:	## the longer tests that need no emulator
	+@$(LINT_SRC)/check.sh "$(MAKE)" check-host-ready check-token \
		check-sim check-pald check-install check-vectors

format:	## blanks and columns; what a program cannot mend is listed
	@$(LINT_SRC)/format.sh

tcb: $(BUILD)/hv/palisade.bin	## lines and bytes that have to be trusted
	@$(LINT_SRC)/tcb.py $(BUILD)/tcb.json $<

$(BUILD)/tcb.json: $(BUILD)/hv/palisade.bin $(LINT_SRC)/tcb.py \
		$(wildcard hv/*/*.[chS])
	@$(LINT_SRC)/tcb.py $@ $< >/dev/null

.PHONY: lint check check-ready check-host check-host-ready format tcb $(LINT_PARTS:%=lint-%)
