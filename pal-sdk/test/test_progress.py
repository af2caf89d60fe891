#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What `pal` shows at a terminal while a PAL is made, or measured.

A service that takes requests and never answers makes the first last for ever;
a large image makes the second last a while.

Usage: test_progress.py PAL IMAGE
"""
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

PAL = sys.argv[1]
LINE = b'pal: block: loading, 0 s'
failed = 0


class Run:
    """pal run --service block, its messages going to a terminal or a pipe."""

    def __init__(self, path, at_terminal, command=None, **options):
        self.seen = b''
        end, other = pty.openpty() if at_terminal else os.pipe()
        self.messages = end
        self.process = subprocess.Popen(
            [PAL, *(command or ('run', '-n', '--service', 'block'))],
            stderr=other,
            stdout=subprocess.PIPE, env={**os.environ, 'PALD_SOCKET': path},
            **options)
        os.close(other)

    def read(self, until=None, seconds=60):
        """Until that has come, the end, or so long."""
        end = time.monotonic() + seconds
        while until is None or until not in self.seen:
            if not select.select([self.messages], [], [],
                                 max(0, end - time.monotonic()))[0]:
                break
            try:
                piece = os.read(self.messages, 1000)
            except OSError:             # a terminal that nobody has any more
                break
            if not piece:
                break
            self.seen += piece
        return self.seen

    def end(self):
        status = self.process.wait(60)
        self.read(seconds=1)
        output = self.process.stdout.read()
        self.process.stdout.close()
        os.close(self.messages)
        return status, output


def test(function):
    global failed
    with tempfile.TemporaryDirectory() as folder, \
            socket.socket(socket.AF_UNIX) as service:
        path = folder + '/sock'
        service.bind(path)
        service.listen()
        good = function(path, service)
    test.count += 1
    print(f'{"ok" if good else "not ok"} {test.count} - {function.__name__}')
    failed |= not good


test.count = 0


def is_blank(shown):
    """Is nothing left on the terminal's line?"""
    last = shown.split(b'\r')
    return last[-1] == b'' and last[-2].strip() == b''


def a_long_load_shows_that_it_goes_on(path, service):
    run = Run(path, True)
    shown = run.read(LINE)
    shown = run.read(b'loading, 1 s') if LINE in shown else shown
    run.process.kill()
    run.end()
    return b'\rpal: block: loading, 1 s' in shown


def ctrl_c_ends_it_and_leaves_nothing(path, service):
    run = Run(path, True)
    run.read(LINE)
    run.process.send_signal(signal.SIGINT)
    status, output = run.end()
    return status == -signal.SIGINT and not output and is_blank(run.seen)


def an_ignored_signal_stays_ignored(path, service):
    run = Run(path, True,
              preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    run.read(LINE)
    run.process.send_signal(signal.SIGHUP)
    run.seen = b''
    shown = run.read(b'pal: block: loading, ')
    alive = run.process.poll() is None
    run.process.terminate()
    return alive and b'loading' in shown and \
        run.end()[0] == -signal.SIGTERM


def the_line_is_gone_when_it_is_over(path, service):
    run = Run(path, True)
    run.read(LINE)
    service.accept()[0].close()
    status, output = run.end()
    before, _, message = run.seen.rpartition(b'\rpal: block: ')
    line, blanks = before.split(b'\r')[-2:]
    return status != 0 and b'loading' not in message and \
        b'loading' in line and len(blanks) >= len(line) and not blanks.strip()


def who_is_no_terminal_sees_nothing(path, service):
    run = Run(path, False)
    shown = run.read(seconds=1.5)
    run.process.send_signal(signal.SIGINT)
    return shown == b'' and run.end()[0] == -signal.SIGINT and not run.seen


def make_large(path):
    """IMAGE with a last segment of 512 MiB, in a file that has holes."""
    with open(sys.argv[2], 'rb') as file:
        image = bytearray(file.read())
    count, = struct.unpack_from('<I', image, 36)
    at = 96 + 32 * (count - 1)
    base, memory, size, access, reserved = \
        struct.unpack_from('<QQQII', image, at)
    added = (512 << 20) - size
    struct.pack_into('<QQQII', image, at, base, 512 << 20, 512 << 20, access,
                     reserved)
    whole, = struct.unpack_from('<Q', image, 16)
    struct.pack_into('<Q', image, 16, whole + added)
    with open(path, 'wb') as file:
        file.write(image[:whole])
        file.truncate(whole + added)


def a_large_image_shows_how_far_measuring_is(path, service):
    large = os.path.dirname(path) + '/large.pal'
    make_large(large)
    run = Run(path, True, ('measure', large))
    shown = run.read(b' %')
    status, output = run.end()
    return status == 0 and len(output) == 97 and is_blank(run.seen) and \
        b'pal: large.pal: measuring ' in shown


def nothing_is_shown_of_it_in_a_pipe(path, service):
    large = os.path.dirname(path) + '/large.pal'
    make_large(large)
    run = Run(path, False, ('measure', large))
    status, output = run.end()
    return status == 0 and len(output) == 97 and not run.seen


for claim in (a_long_load_shows_that_it_goes_on,
              ctrl_c_ends_it_and_leaves_nothing,
              an_ignored_signal_stays_ignored,
              the_line_is_gone_when_it_is_over,
              who_is_no_terminal_sees_nothing,
              a_large_image_shows_how_far_measuring_is,
              nothing_is_shown_of_it_in_a_pipe):
    test(claim)
print(f'1..{test.count}')
sys.exit(failed)
