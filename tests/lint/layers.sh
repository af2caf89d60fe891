#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fail if a folder of hv/ includes a folder that it must not know, if another
# part of the tree sees more of hv/ than abi/, or if core/ is not neutral.
. tests/lint/files.sh

bad=0

# One line for each folder: what it may include.
while read -r folder may; do
	tracked "hv/$folder/*" | xargs grep -nE '^#include "' /dev/null |
		grep -vE "\"($may)/" && bad=1
done <<EOT
abi  abi
lib  lib
core abi|lib|core
x86  abi|lib|core|x86
svm  abi|lib|core|x86|svm
iommu abi|lib|core|x86|iommu
EOT

# Only the compiler's own headers: there is no C library.
tracked 'hv/*.[chS]' | xargs grep -nE '^#include <' |
	grep -vE '<(std(arg|atomic|bool|def|int)|(linux|sys)/ioctl|linux/(types|build_bug))\.h>' &&
	bad=1
tracked 'hv/*.[chS]' | grep -v '^hv/abi/' |
	xargs grep -nE '^#include <linux/' && bad=1

# The loaders, the SDK and the examples know the contract only; a test of the
# SDK compares its image checker with the hypervisor's.  The loader for GRUB has
# no C library either, and uses the hypervisor's (and the notary's judgement of
# policies, "notary/policy.h", which knows the contract only).
tracked 'loader/*.[ch]' 'pal-sdk/*.[ch]' 'examples/*.[ch]' |
	grep -vx pal-sdk/test/test_image_check.c |
	xargs grep -nE '^#include "(core|lib|x86|svm|iommu)/' |
	grep -v '^loader/grub/.*"lib/' && bad=1

# The core holds no hardware.
tracked 'hv/core/*.[ch]' 'hv/lib/*.[ch]' |
	xargs grep -nE '\basm\b|__asm__' && bad=1
tracked 'hv/core/*.[ch]' 'hv/lib/*.[ch]' | xargs grep -n '__builtin_ia32' |
	grep -v '^hv/lib/spinlock.h:.*__builtin_ia32_pause' && bad=1

# #if only in header guards, abi/, the loader's compat.h, and public headers
# that C++ and older C libraries are to know.
tracked 'hv/*.[ch]' 'loader/*.[ch]' |
	grep -vE '^hv/abi/|/compat\.h$' |
	xargs grep -nE '^[[:space:]]*#[[:space:]]*(if|ifdef|ifndef|elif|else)\b' |
	grep -vE '#ifndef [A-Z0-9_]+_H$|#ifndef HV_DEBUG$' && bad=1

exit $bad
