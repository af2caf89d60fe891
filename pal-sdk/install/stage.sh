#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Gather tool, libraries and headers as they lie below a prefix; stage.mk says
# what is what.
#
# Usage: stage.sh FOLDER, with the variables that stage.mk sets

set -eu
stage=$1
sdk=$stage/lib/palisade

mkdir -p "$stage/bin" "$stage/include" "$stage/lib/pkgconfig" \
	"$stage/lib/cmake/Palisade" "$sdk/include/abi" "$sdk/libc" \
	"$sdk/template"

cp "$OUT/pal" "$stage/bin/pal"
cp $HOST_HEADERS "$stage/include"
cp "$OUT/libpal_whole.a" "$stage/lib/libpal.a"
cp "$OUT/libpal.so" "$stage/lib/libpal.so.$VERSION"
ln -s "libpal.so.$VERSION" "$stage/lib/$SONAME"
ln -s "$SONAME" "$stage/lib/libpal.so"
strip --strip-debug "$stage/lib/libpal.a" "$stage/lib/libpal.so.$VERSION"
strip "$stage/bin/pal"

# The folder is its own prefix, wherever it is; `make install` writes another.
for name in pal pal-host; do
	sed -e 's|@PREFIX@|${pcfiledir}/../..|' -e "s|@VERSION@|$VERSION|" \
		"pal-sdk/install/$name.pc.in" >"$stage/lib/pkgconfig/$name.pc"
done
cp pal-sdk/install/PalisadeConfig.cmake "$stage/lib/cmake/Palisade"
sed "s|@VERSION@|$VERSION|" pal-sdk/install/PalisadeConfigVersion.cmake.in \
	>"$stage/lib/cmake/Palisade/PalisadeConfigVersion.cmake"

cp $PAL_HEADERS "$sdk/include"
cp $ABI_HEADERS "$sdk/include/abi"
cp -r "$MBEDTLS/include/psa" "$MBEDTLS/include/mbedtls" "$sdk/include"
cp $LIBC_HEADERS "$sdk/libc"
cp "$OUT/libpalrt.a" "$OUT/libpalc.a" "$CRYPTO" "$sdk"
cp pal-sdk/runtime/pal.ld pal-sdk/install/pal.mk "$sdk"
cp -r pal-sdk/template/. "$sdk/template"
