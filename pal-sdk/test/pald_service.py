# SPDX-License-Identifier: BSD-2-Clause
"""A pald to be tested, for test_pald.py."""
import os
import shutil
import subprocess
import tempfile
import time

from pald_client import Client

CONNECTIONS = 1100


class Service:
    """A pald in a folder of its own."""

    def __init__(self, pald, test_pal):
        self.folder = tempfile.mkdtemp(prefix='pald')
        os.chmod(self.folder, 0o755)
        self.path = self.folder + '/sock'
        os.mkdir(self.folder + '/blocks')
        for name in 'test', 'secret':
            shutil.copy(test_pal, f'{self.folder}/blocks/{name}.pal')
        with open(self.folder + '/blocks/broken.pal', 'wb') as file:
            file.write(bytes(8192))
        self.limits = {'memory': '1G', 'time': '30s', 'pals': 64,
                       'connections': CONNECTIONS,
                       'total_connections': CONNECTIONS}
        self.configure()
        self.log = open(self.folder + '/log', 'w+')
        self.process = subprocess.Popen(
            [pald, '-c', self.folder + '/conf', '-s', self.path],
            stderr=self.log, close_fds=True)
        wait_for(lambda: os.path.exists(self.path))

    def configure(self, user=os.getuid(), **limits):
        self.limits.update(limits)
        with open(self.folder + '/conf', 'w') as file:
            file.write(f'directory {self.folder}/missing\n'
                       f'directory {self.folder}/blocks\n'
                       f'allow user {user} block test\n'
                       f'allow user {user} block broken\n'
                       f'allow user {user} block absent\n'
                       'allow user nobody-at-all block *\n')
            for name, value in self.limits.items():
                file.write(f"limit {name.replace('_', '-')} {value}\n")

    def client(self):
        return Client(self.path)

    def children(self):
        result = []
        for name in os.listdir('/proc'):
            try:
                with open(f'/proc/{name}/stat') as file:
                    stat = file.read()
            except OSError:
                continue
            if stat.rsplit(')', 1)[1].split()[1] == str(self.process.pid):
                result.append(int(name))
        return result

    def descriptors(self):
        try:
            return len(os.listdir(f'/proc/{self.process.pid}/fd'))
        except PermissionError:
            return 0

    def is_clean(self):
        client = self.client()
        info = client.info()
        client.end()
        return (info['pals'].startswith('0 ')
                and info['connections'].startswith('1 ')
                and info['memory'].startswith('0 ') and not self.children())

    def stop(self):
        self.process.terminate()
        status = self.process.wait(60)
        self.log.seek(0)
        log = self.log.read()
        self.log.close()
        shutil.rmtree(self.folder)
        return status, log


def wait_for(condition):
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError('it never happens')


def refused(answer, status, *words):
    assert answer[0] == status, answer
    for word in words:
        assert word in answer[1].decode(), answer
