#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""pald with PALs in the simulator: many clients, bad ones, limits, its end.

Usage: test_pald.py PALD TEST_PAL LIBPAL_SO PAL
"""
import ctypes
import os
import random
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

from pald_client import *
from pald_service import CONNECTIONS, Service, refused, wait_for

PALD, TEST_PAL, LIBPAL, PAL = sys.argv[1:5]
tests = []


def test(function):
    tests.append(function)
    return function


@test
def a_pal_is_opened_called_and_closed(service):
    client = service.client()
    handle = client.open()
    assert client.call(handle, 0, b'abc') == (0, b'cba')
    assert client.call(handle, 1) == (0, b'\1\0\0\0')
    assert client.call(handle, 1) == (0, b'\2\0\0\0')
    assert client.call(handle, 0, b'') == (0, b'')
    other = client.open()
    assert client.call(other, 1) == (0, b'\1\0\0\0')
    assert client.info()['pals'] == '2 of 64'
    assert client.close_pal(handle) == (0, b'')
    assert client.info()['pals'] == '1 of 64'
    refused(client.call(handle, 1), EDEAD)
    assert client.close_pal(handle) == (0, b'')
    assert client.call(other, 1) == (0, b'\2\0\0\0')
    client.end()


@test
def errors_of_the_pal_pass_through(service):
    client = service.client()
    handle = client.open()
    refused(client.call(handle, 0, b'abc', capacity=2), -7, 'own')
    refused(client.call(handle, 9), -4096, 'no entry')
    refused(client.call(handle, 0, bytes(65537)), -8194)
    assert client.call(handle, 0, b'ab' * 32768) == (0, b'ba' * 32768)
    refused(client.call(handle, 3), EFAULT, 'wrote')
    refused(client.call(handle, 0), EDEAD)
    assert client.close_pal(handle) == (0, b'')
    client.end()


@test
def a_thousand_requests_at_once_are_all_answered_right(service):
    """1,000 calls under way on 50 PALs, 1,000 connections beside them, and
    one client who sends a byte now and then."""
    slow = service.client()
    request = iter(call_message(5, slow.open(), 0, bytes(10)))
    callers = [service.client() for _ in range(50)]
    others = [service.client() for _ in range(1000)]
    handles = [client.open() for client in callers]
    for client in others:
        client.send(message(INFO, 77))
    for number, (client, handle) in enumerate(zip(callers, handles)):
        client.send(b''.join(call_message(i, handle, 0, b'%d-%d' % (number, i))
                             for i in range(20)))
    for number, client in enumerate(callers):
        slow.send(bytes([next(request)]))
        for i in range(20):
            assert client.answer() == (CALL, i, 0,
                                       (b'%d-%d' % (number, i))[::-1])
    assert next(request, None) is None
    assert slow.answer() == (CALL, 5, 0, bytes(10))
    slow.end()
    for client in others:
        kind, ident, status, _ = client.answer()
        assert (kind, ident, status) == (INFO, 77, 0)
    for client in callers + others:
        client.end()


@test
def a_slow_client_disturbs_nobody(service):
    """A whole call of another between any two of its bytes."""
    slow, quick = service.client(), service.client()
    handles = slow.open(), quick.open()
    request = call_message(5, handles[0], 0, b'slow')
    for byte in request:
        slow.send(bytes([byte]))
        assert quick.call(handles[1], 0, b'ab') == (0, b'ba')
    assert slow.answer() == (CALL, 5, 0, b'wols')
    slow.end()
    quick.end()


@test
def who_does_not_read_answers_disturbs_nobody(service):
    """It is not read from, either; what it sent is not lost."""
    flood, other = service.client(), service.client()
    handle, count = flood.open(), 0
    flood.socket.setblocking(False)
    request = call_message(0, handle, 0, bytes(60000))
    pending = b''
    while True:
        try:
            pending = pending or request
            pending = pending[flood.socket.send(pending):]
            count += not pending
        except BlockingIOError:
            if other.info() and count > 3 and not flood_moves(flood):
                break
        assert count < 10000
    flood.socket.settimeout(60)
    answer = HEADER.size + 60000
    for _ in range(count):
        assert flood.receive(answer)[-60000:] == bytes(60000)
    flood.end()
    other.end()


def flood_moves(client):
    """Does pald take more of it within a moment?"""
    time.sleep(0.05)
    try:
        return client.socket.send(b'') is None
    except BlockingIOError:
        return False


@test
def lies_about_lengths_end_the_liar_only(service):
    witness = service.client()
    handle = witness.open()
    lies = [message(OPEN, 1, size=PAYLOAD_MAX + 1),
            message(OPEN, 1, size=0xffffffff),
            message(OPEN, 1, b'test' + b'x' * 40, size=4),
            message(OPEN, 1, magic=1), message(OPEN, 1, version=2),
            message(9, 1), message(0, 1), message(OPEN | ANSWER, 1),
            message(INFO, 1, status=-1)]
    for lie in lies:
        client = service.client()
        client.send(lie)
        answers = []
        try:
            while True:
                answers.append(client.answer())
        except Gone:
            pass
        assert answers[-1][2] == EPROTO, (lie, answers)
        client.end()
        assert witness.call(handle, 0, b'ab') == (0, b'ba')
    # More announced than comes: nobody waits for it but its own connection.
    for size in 1, 100, PAYLOAD_MAX:
        client = service.client()
        client.send(message(CALL, 1, size=size))
        assert witness.call(handle, 0, b'ab') == (0, b'ba')
        client.end()
    witness.end()


@test
def payloads_that_make_no_sense_are_refused(service):
    client = service.client()
    for name in b'', b'x' * 65, b'../blocks/test', b'.', b'te\0st', b'a b':
        refused(client.ask(OPEN, name), EINVAL, 'name')
    refused(client.ask(INFO, b'x'), EINVAL)
    refused(client.ask(CALL, bytes(15)), EINVAL, '16')
    refused(client.ask(CALL, struct.pack('<4I', 1, 0, 0, 1)), EINVAL)
    refused(client.call(1, 0, b'', PAYLOAD_MAX + 1), EINVAL)
    refused(client.ask(CLOSE, b'123'), EINVAL)
    refused(client.call(1), EINVAL, 'handle')
    refused(client.close_pal(0), EINVAL, 'handle')
    handle = client.open()
    other = service.client()
    refused(other.call(handle), EINVAL, 'handle')
    refused(other.close_pal(handle), EINVAL, 'handle')
    assert client.call(handle, 0, b'ab') == (0, b'ba')
    client.end()
    other.end()


@test
def blocks_that_are_not_there_or_broken_are_told(service):
    client = service.client()
    refused(client.ask(OPEN, b'absent'), ENOBLOCK, 'absent')
    refused(client.ask(OPEN, b'broken'), -8199, 'image')
    client.end()


@test
def disconnecting_at_any_time_leaves_nothing(service):
    whole = message(OPEN, 1, b'test') + call_message(2, 1, 2)
    for length in list(range(0, len(whole), 7)) + [len(whole)]:
        client = service.client()
        client.send(whole[:length])
        if length == len(whole):
            assert client.answer()[2] == 0
        client.end()
    wait_for(service.is_clean)


@test
def who_only_stops_sending_still_gets_answers(service):
    client = service.client()
    client.send(message(OPEN, 1, b'test') + call_message(2, 1, 0, b'ab'))
    client.socket.shutdown(socket.SHUT_WR)
    assert client.answer()[2] == 0
    assert client.answer() == (CALL, 2, 0, b'ba')
    client.end()


@test
def a_crash_of_a_worker_is_told_and_touches_nobody(service):
    wait_for(lambda: not service.children())  # those of earlier clients
    witness = service.client()
    other = witness.open()
    before = set(service.children())
    for is_busy in False, True:
        client = service.client()
        handle = client.open()
        worker, = set(service.children()) - before
        if is_busy:
            client.send(call_message(1, handle, 2))
        os.kill(worker, signal.SIGKILL)
        if is_busy:
            assert client.answer()[2] == EDEAD
        else:
            wait_for(lambda: set(service.children()) == before)
        refused(client.call(handle, 0), EDEAD)
        handle = client.open()
        assert client.call(handle, 0, b'ab') == (0, b'ba')
        client.end()
        wait_for(lambda: set(service.children()) == before)
    assert witness.call(other, 0, b'ab') == (0, b'ba')
    witness.end()


@test
def random_bytes_harm_nobody(service):
    chance = random.Random(1)
    witness = service.client()
    handle = witness.open()
    for _ in range(300):
        data = bytearray(message(OPEN, 1, b'nope')
                         + call_message(2, 1, 0, b'abc')
                         + message(CLOSE, 3, struct.pack('<I', 1))
                         + message(INFO, 4))
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        client = service.client()
        client.send(data[:chance.randrange(len(data) + 1)])
        client.end()
    assert witness.call(handle, 0, b'ab') == (0, b'ba')
    witness.end()


@test
def the_library_speaks_it(service):
    library = ctypes.CDLL(LIBPAL)
    library.pal_error_text.restype = ctypes.c_char_p
    connection = ctypes.c_void_p()
    block = (ctypes.c_uint32 * 3)()
    out = ctypes.create_string_buffer(16)
    size = ctypes.c_size_t()
    assert library.pald_connect(b'/nowhere', ctypes.byref(connection)) == \
        ENOSERVICE
    assert b'/nowhere' in library.pal_error_text()
    assert not library.pald_connect(service.path.encode(),
                                    ctypes.byref(connection))
    assert library.pald_open(connection, b'../x', block) == EINVAL
    assert library.pald_open(connection, b'secret', block) == EPERM
    assert b'secret' in library.pal_error_text()
    assert library.pald_open(connection, b'test', block) == 0
    assert list(block)[1:] == [65536, 1]
    library.pald_call.argtypes = (
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint, ctypes.c_char_p,
        ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p)
    assert library.pald_call(connection, block[0], 0, b'hello', 5, out, 16,
                             ctypes.byref(size)) == 0
    assert out.raw[:size.value] == b'olleh'
    assert library.pald_call(connection, block[0], 0, b'hello', 5, out, 2,
                             None) == -7
    assert library.pald_call(connection, block[0], 3, None, 0, None, 0,
                             None) == EFAULT
    assert library.pald_close(connection, block[0]) == 0
    assert library.pald_close(connection, 99) == EINVAL
    library.pald_disconnect(connection)
    library.pald_disconnect(None)


@test
def pal_run_uses_it(service):
    def pal_run(*arguments, data=b''):
        result = subprocess.run([PAL, 'run', *arguments], input=data,
                                capture_output=True, check=False,
                                env=dict(os.environ, PALD_SOCKET=service.path))
        return result.returncode, result.stdout, result.stderr

    assert pal_run('-s', 'test', data=b'abc') == (0, b'cba', b'')
    assert pal_run('-s', 'test', 'a', '-b', data=b'c') == \
        (0, b'c\0\0b-\0a', b'')
    status, _, text = pal_run('-s', 'secret')
    assert status == 1 and b'may not use' in text
    assert pal_run('-s', 'test', '-e', '9')[0] == 3
    assert pal_run('-s', 'test', '-e', '3')[0] == 4


@test
def others_are_refused(service):
    client = service.client()
    refused(client.ask(OPEN, b'secret'), EPERM, 'secret')
    refused(client.ask(OPEN, b'unheard-of'), EPERM)
    client.end()
    if os.getuid():
        return
    child = os.fork()
    if not child:
        os.setgid(65534)
        os.setuid(65534)
        try:
            refused(service.client().ask(INFO), EPERM, '65534')
            os._exit(0)
        except BaseException:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@test
def limits_are_told_and_end_with_what_they_count(service):
    service.configure(pals=2, connections=3)
    service.process.send_signal(signal.SIGHUP)
    first = service.client()
    wait_for(lambda: first.info()['pals'] == '0 of 2')
    second = service.client()
    handles = first.open(), second.open()
    refused(second.ask(OPEN, b'test'), EBUSY, '2 PALs')
    third, fourth = service.client(), service.client()
    third.info()
    refused(fourth.ask(INFO), EBUSY, '3 connections')
    third.end()
    wait_for(lambda: service.client().ask(INFO)[0] == 0)
    assert first.close_pal(handles[0]) == (0, b'')
    assert second.call(second.open(), 0, b'ab') == (0, b'ba')
    service.configure(pals=64, connections=CONNECTIONS, memory='1M')
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: first.info()['memory'].endswith(' 1048576'))
    opened = []
    while True:
        status, payload = first.ask(OPEN, b'test')
        if status:
            break
        opened.append(payload)
    refused((status, payload), EBUSY, '1048576 are the limit')
    assert len(opened) < 10
    # Lowered below what is in use.
    service.configure(memory='512K')
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: first.info()['memory'].endswith(' 524288'))
    refused(second.ask(OPEN, b'test'), EBUSY, '524288 are the limit')
    service.configure(memory='8K')
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: first.info()['memory'].endswith(' 8192'))
    refused(second.ask(OPEN, b'test'), ENOMEM, '8192')
    with open(service.folder + '/conf', 'w') as file:
        file.write('nonsense\n')
    service.process.send_signal(signal.SIGHUP)
    assert first.info()['memory'].endswith(' 8192')
    service.configure(memory='1G')
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: first.info()['memory'].endswith(str(1 << 30)))
    first.end()
    second.end()
    wait_for(service.is_clean)


@test
def more_clients_than_the_total_are_refused_and_lose_nothing(service):
    """A thousand more, while those who are in have calls under way."""
    callers = [service.client() for _ in range(20)]
    handles = [client.open() for client in callers]
    service.configure(total_connections=20)
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: service.client().ask(INFO)[0] == EBUSY)
    for client, handle in zip(callers, handles):
        client.send(b''.join(call_message(i, handle, 1) for i in range(20)))
    for _ in range(1000):
        client = service.client()
        refused(client.ask(INFO), EBUSY, 'as many connections')
        client.end()
    for client in callers:
        for i in range(20):
            assert client.answer() == (CALL, i, 0, struct.pack('<I', i + 1))
        client.end()
    wait_for(lambda: service.client().ask(INFO)[0] == 0)
    service.configure(total_connections=CONNECTIONS)
    service.process.send_signal(signal.SIGHUP)


@test
def announced_requests_count_as_memory(service):
    """Many that begin large requests: some are refused, others go on."""
    service.configure(memory='8M')
    service.process.send_signal(signal.SIGHUP)
    witness = service.client()
    wait_for(lambda: witness.info()['memory'].endswith(str(8 << 20)))
    handle = witness.open()
    greedy = [service.client() for _ in range(10)]
    begun = message(CALL, 1, bytes(1000), size=PAYLOAD_MAX)
    for client in greedy:
        client.send(begun)
    refused_count = 0
    for client in greedy[4:]:
        kind, ident, status, text = client.answer()
        assert (kind, ident, status) == (CALL, 1, EBUSY), text
        assert b'8388608 are the limit' in text, text
        refused_count += 1
    assert refused_count == 6
    assert witness.call(handle, 0, bytes(16000)) == (0, bytes(16000))
    # One that ends makes room for one.
    greedy[0].send(bytes(PAYLOAD_MAX - 1000))
    refused(greedy[0].answer()[2:], EINVAL)
    refused(witness.ask(CALL, bytes(PAYLOAD_MAX)), EINVAL)
    greedy[1].end()
    for client in greedy:
        client.end()
    wait_for(lambda: witness.ask(CALL, bytes(PAYLOAD_MAX))[0] == EINVAL)
    witness.end()
    service.configure(memory='1G')
    service.process.send_signal(signal.SIGHUP)


@test
def an_endless_loop_is_ended_by_the_time_limit(service):
    witness = service.client()
    other = witness.open()
    client = service.client()
    handle = client.open()
    service.configure(time='2s')
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: witness.info()['milliseconds'] == '2000')
    client.send(call_message(1, handle, 2))
    assert witness.call(other, 0, b'ab') == (0, b'ba')
    assert client.answer()[2] == ETIME
    assert witness.info()['pals'] == '1 of 64'
    refused(client.call(handle, 0), EDEAD)
    service.configure(time='30s')
    service.process.send_signal(signal.SIGHUP)
    wait_for(lambda: witness.info()['milliseconds'] == '30000')
    assert client.call(client.open(), 0, b'ab') == (0, b'ba')
    client.end()
    witness.end()


@test
def out_of_descriptors_clients_wait_in_line(service):
    used = service.descriptors()
    if not used:
        return
    limits = resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE,
                     (used + 4, limits[1]))
    clients = [service.client() for _ in range(10)]
    for client in clients:
        client.send(message(INFO, 1))
    for client in clients:
        assert client.answer()[2] == 0
        client.end()
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, limits)


@test
def who_waits_for_a_descriptor_needs_nobody_to_go(service):
    """It may have become free elsewhere on the machine."""
    used = service.descriptors()
    if not used:
        return
    limits = resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE,
                     (used, limits[1]))
    client = service.client()
    client.send(message(INFO, 1))
    time.sleep(0.2)
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, limits)
    assert client.answer()[2] == 0
    client.end()


def end_is_clean(service):
    """It answers who waits, tells the others, and leaves nothing."""
    idle, busy = service.client(), service.client()
    handle = busy.open()
    idle.info()
    busy.send(call_message(1, handle, 2))
    time.sleep(0.1)
    service.configure(time='300ms')
    service.process.send_signal(signal.SIGHUP)
    service.process.send_signal(signal.SIGTERM)
    kind, ident, status, text = idle.answer()
    assert (kind, ident, status) == (0, 0, EBUSY), (kind, status)
    assert b'ending' in text
    service.process.send_signal(signal.SIGTERM)
    path = service.path
    status, log = service.stop()
    assert status == 0, log
    assert not os.path.exists(path)


def systemd_passes_the_socket():
    folder = tempfile.mkdtemp(prefix='pald')
    try:
        with open(folder + '/conf', 'w') as file:
            file.write(f'allow user {os.getuid()} block *\n')
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(folder + '/sock')
        listener.listen()
        client = Client(folder + '/sock')
        child = os.fork()
        if not child:
            os.dup2(listener.fileno(), 3)
            os.set_inheritable(3, True)
            os.execve(PALD, [PALD, '-c', folder + '/conf'],
                      dict(os.environ, LISTEN_FDS='1',
                           LISTEN_PID=str(os.getpid())))
        listener.close()
        assert client.info()['version'] == '1'
        os.kill(child, signal.SIGTERM)
        assert os.waitpid(child, 0)[1] == 0
        assert os.path.exists(folder + '/sock')
    finally:
        shutil.rmtree(folder)


def a_bad_start_is_told():
    for arguments, words, status in (
            (['-c', '/nowhere'], '/nowhere: No such', 1),
            (['-c', '/dev/null'], 'systemd', 1),
            (['-x'], 'usage', 2), (['-c', PALD, '-t'], ':1:1: ', 1)):
        result = subprocess.run([PALD] + arguments, stderr=subprocess.PIPE,
                                text=True, errors='replace', check=False)
        assert result.returncode == status, result
        assert words in result.stderr, result


class Count:
    number = failed = 0


def run(name, function, *arguments):
    Count.number += 1
    try:
        function(*arguments)
        print(f'ok {Count.number} - {name}', flush=True)
    except BaseException:
        Count.failed = 1
        print(f'not ok {Count.number} - {name}')
        for line in traceback.format_exc().splitlines():
            print('#', line, flush=True)


def leaves_nothing(service, before):
    wait_for(service.is_clean)
    wait_for(lambda: service.descriptors() == before)


def main():
    os.environ.update(PAL_BACKEND='sim', PAL_SIM_QUIET='1')
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    service = Service(PALD, TEST_PAL)
    before = service.descriptors()
    for function in tests:
        run(function.__name__, function, service)
    run('after_all_that_nothing_is_left', leaves_nothing, service, before)
    run('its_end_is_clean', end_is_clean, service)
    if service.process.poll() is None:
        service.process.kill()
    run('systemd_passes_the_socket', systemd_passes_the_socket)
    run('a_bad_start_is_told', a_bad_start_is_told)
    print(f'1..{Count.number}')
    return Count.failed


sys.exit(main())
