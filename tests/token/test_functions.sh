#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The C programs that call the module themselves.

. /in/token/lib.sh

token=functions

claim a_token_is_made new_token $token
/in/token/test_functions "$pkcs11" $token "$pin"
/in/token/test_threads "$pkcs11" $token "$pin"
exit 0
