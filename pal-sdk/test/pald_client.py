# SPDX-License-Identifier: BSD-2-Clause
"""The protocol of pald, as pald-protocol(7) says it, for test_pald.py."""
import socket
import struct

HEADER = struct.Struct('<IHHQIi')
MAGIC = 0x444c4150
OPEN, CALL, CLOSE, INFO, ANSWER = 1, 2, 3, 4, 0x8000
PAYLOAD_MAX = 0x200000
EINVAL, EPERM, ENOMEM, EFAULT, EDEAD, EPROTO = (
    -8193, -8196, -8197, -8200, -8201, -8203)
EBUSY, ETIME, ENOBLOCK, ENOSERVICE = -8208, -8209, -8210, -8211


class Gone(Exception):
    pass


def message(kind, ident, payload=b'', size=None, status=0, magic=MAGIC,
            version=1):
    size = len(payload) if size is None else size
    return HEADER.pack(magic, version, kind, ident, size, status) + payload


def call_message(ident, handle, entry, data=b'', capacity=65536):
    return message(CALL, ident,
                   struct.pack('<4I', handle, entry, capacity, 0) + data)


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.ident = 0

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, size):
        data = bytearray()
        while len(data) < size:
            try:
                part = self.socket.recv(size - len(data))
            except ConnectionError as cause:
                raise Gone from cause
            if not part:
                raise Gone(f'{len(data)} bytes of {size}')
            data += part
        return bytes(data)

    def answer(self):
        """The next answer: type, id, status, payload."""
        magic, version, kind, ident, size, status = HEADER.unpack(
            self.receive(HEADER.size))
        assert (magic, version) == (MAGIC, 1) and kind & ANSWER
        return kind & ~ANSWER, ident, status, self.receive(size)

    def ask(self, kind, payload=b''):
        """Returns status and payload."""
        self.ident += 1
        try:
            self.send(message(kind, self.ident, payload))
        except (BrokenPipeError, ConnectionResetError):
            pass
        got, ident, status, payload = self.answer()
        assert (got, ident) == (kind, self.ident) or (got, ident) == (0, 0)
        return status, payload

    def open(self, name='test'):
        """Returns the handle; a refusal is an error."""
        status, payload = self.ask(OPEN, name.encode())
        assert status == 0, payload
        return struct.unpack('<4I', payload)[0]

    def call(self, handle, entry=0, data=b'', capacity=65536):
        return self.ask(CALL, struct.pack('<4I', handle, entry, capacity, 0)
                        + data)

    def close_pal(self, handle):
        return self.ask(CLOSE, struct.pack('<I', handle))

    def info(self):
        status, text = self.ask(INFO)
        assert status == 0, text
        return dict(line.split(' ', 1) for line in text.decode().splitlines())

    def end(self):
        self.socket.close()
