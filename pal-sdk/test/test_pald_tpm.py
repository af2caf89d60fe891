#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A counter that outlives a boot, in a block of pald in the simulator.

Usage: test_pald_tpm.py PALD SAFE_PAL LIBPAL_SO TPM
"""
import ctypes
import os
import sys

from pald_service import Service

PALD, SAFE_PAL, LIBPAL, TPM = sys.argv[1:5]
MAKE, ANSWER, CARRY = 0, 2, 3  # of SAFE_FUNCTIONS
EPROVE = -9
SECRET_SIZE, BLOB_SIZE = 256, 496
ENOTPM = -8205


def order(secret):
    """struct safe_order: PIN, secret, with_tpm."""
    return (b'1234'.ljust(32, b'\0') + secret.ljust(SECRET_SIZE, b'\0')
            + (1).to_bytes(8, 'little'))


def a_block_asks_the_tpm(library, connection, handle):
    size = ctypes.c_size_t()

    def call(entry, data, out):
        return library.pald_call(connection, handle, entry, data, len(data),
                                 out, len(out), ctypes.byref(size))

    reply = ctypes.create_string_buffer(SECRET_SIZE + 8)
    assert call(MAKE, order(b'treasure'),
                ctypes.create_string_buffer(BLOB_SIZE)) == 0
    assert call(ANSWER, b'', reply) == EPROVE
    os.environ['PALISADE_TPM'] = '/dev/no-tpm'
    assert library.pald_tpm_carry(connection, handle, CARRY) == ENOTPM
    assert call(ANSWER, b'', reply) == EPROVE
    os.environ['PALISADE_TPM'] = TPM
    assert library.pald_tpm_carry(connection, handle, CARRY) == 0
    assert call(ANSWER, b'', reply) == 0
    assert reply.raw.startswith(b'treasure\0') and reply.raw[SECRET_SIZE] == 1


def run(service):
    library = ctypes.CDLL(LIBPAL)
    connection = ctypes.c_void_p()
    block = (ctypes.c_uint32 * 3)()
    assert library.pald_connect(service.path.encode(),
                                ctypes.byref(connection)) == 0
    assert library.pald_open(connection, b'test', block) == 0
    library.pald_call.argtypes = (
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint, ctypes.c_char_p,
        ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p)
    a_block_asks_the_tpm(library, connection, block[0])
    library.pald_disconnect(connection)


def main():
    os.environ.update(PAL_BACKEND='sim', PAL_SIM_QUIET='1')
    service = Service(PALD, SAFE_PAL)
    result = 'not ok'
    try:
        run(service)
        result = 'ok'
    finally:
        service.stop()
        print(f'{result} 1 - a_block_of_the_service_asks_the_tpm\n1..1')


main()
