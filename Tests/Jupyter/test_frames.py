# SPDX-License-Identifier: MIT
"""Damaged messages on every socket: half of them correctly signed, with damaged JSON.

    HENGE_FRAMES=1000000   how many
"""

import os
import random
import socket
import time

import zmq

from kernels import Kernel

COUNT = int(os.environ.get("HENGE_FRAMES", "20000"))
SEED = int(os.environ.get("HENGE_SEED", "1"))

VALUES = [b"", b"{", b"[]", b"null", b"1e999", b"-", b'"', b'{"a":1,"a":2}', b'{"a":"\\ud800"}',
          b"[" * 2000, b'{"code":1}', b'{"code":"', b"\xff\xfe", b"{}", b'{"cursor_pos":-5}',
          b'{"code":"zeros(","cursor_pos":99999999999}', b'{"hist_access_type":"search","n":-1}',
          b'{"hist_access_type":"range","start":"a","stop":[]}', b'{"code":"x","detail_level":"a"}']
KINDS = ["execute_request", "kernel_info_request", "complete_request", "inspect_request",
         "history_request", "is_complete_request", "comm_info_request", "comm_open", "comm_msg",
         "unknown", "", "execute_reply", "input_reply", "interrupt_request"]


def damaged(chance, data):
    """Bytes with some changes."""
    data = bytearray(data)
    for _ in range(chance.randrange(4)):
        if not data:
            break
        place = chance.randrange(len(data))
        kind = chance.randrange(3)
        if kind == 0:
            data[place] = chance.randrange(256)
        elif kind == 1:
            del data[place:]
        else:
            data[place:place] = bytes(chance.randrange(256) for _ in range(chance.randrange(9)))
    return bytes(data)


def frames(chance, session):
    """A message that no client would send; half of them are correctly signed."""
    message = session.msg(chance.choice(KINDS), {"code": "zer", "cursor_pos": 3})
    parts = session.serialize(message)
    delimiter, body = parts[0], [damaged(chance, part) for part in parts[2:]]
    if chance.random() < 0.5:
        body[chance.randrange(len(body))] = chance.choice(VALUES)
    if chance.random() < 0.1:
        body = body[:chance.randrange(len(body) + 1)]
    if chance.random() < 0.5:
        return [delimiter, session.sign(body[:4]), *body]
    sent = [damaged(chance, delimiter) if chance.random() < 0.2 else delimiter,
            damaged(chance, parts[1]), *body]
    chance.shuffle(sent)
    return sent if chance.random() < 0.9 else [b""] * chance.randrange(1, 1500)


def ask(kernel):
    """Waits until the kernel has answered a request of its proper client."""
    for _ in range(10_000):
        try:
            return kernel.ask("kernel_info_request", {})
        # Its client cannot read the headers of some requests, which outputs have as their parents.
        except ValueError:
            continue
    raise AssertionError("no answer")


def test_frames_of_any_kind_end_no_kernel():
    chance = random.Random(SEED)
    context = zmq.Context()
    with Kernel() as kernel:
        info = kernel.manager.get_connection_info()
        sockets = []
        for name, kind in [("shell", zmq.DEALER), ("control", zmq.DEALER), ("stdin", zmq.DEALER),
                           ("iopub", zmq.SUB), ("hb", zmq.DEALER)]:
            one = context.socket(kind)
            one.linger = 0
            one.connect(f"tcp://{info['ip']}:{info[name + '_port']}")
            sockets.append((name, one))
        memory = None
        begin = time.monotonic()
        for number in range(COUNT):
            name, one = sockets[number % len(sockets)]
            if name == "iopub":
                topic = bytes(chance.randrange(256) for _ in range(chance.randrange(20)))
                one.setsockopt(zmq.SUBSCRIBE, topic)
                one.setsockopt(zmq.UNSUBSCRIBE, topic)
            elif name == "hb":
                one.send_multipart([b"", damaged(chance, b"ping")])
            else:
                one.send_multipart(frames(chance, kernel.client.session))
            # What is answered is read, or the kernel would keep it.
            for _, other in sockets:
                while other.poll(0):
                    other.recv_multipart()
            if number % 1000 == 999:
                ask(kernel)
                # Signatures that were seen are kept: at most 65,536.
                if memory is None and number >= COUNT // 2:
                    memory = kernel.memory
        end = kernel.memory
        print(f"  {COUNT} messages in {time.monotonic() - begin:.0f} s,",
              f"{memory:.0f} MB at half of them, {end:.0f} MB at the end")
        assert end < memory * 1.1 + 12, (memory, end)
        ask(kernel)
        kernel.client.stop_channels()
        kernel.client = kernel.connect()
        assert kernel.is_well()


def test_bytes_that_are_no_protocol_end_no_kernel():
    chance = random.Random(SEED)
    greeting = b"\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL" + b"\0" * 48
    ready = b"\4\x26\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0\0"
    with Kernel() as kernel:
        info = kernel.manager.get_connection_info()
        before = kernel.memory
        for number in range(max(200, COUNT // 200)):
            port = info[chance.choice(["shell", "control", "stdin", "iopub", "hb"]) + "_port"]
            with socket.create_connection((info["ip"], port)) as one:
                kind = number % 4
                if kind == 0:
                    data = bytes(chance.randrange(256) for _ in range(chance.randrange(200)))
                elif kind == 1:
                    data = greeting[:chance.randrange(len(greeting))]
                elif kind == 2:
                    # A frame that claims two gigabytes, and one that claims almost all there is.
                    length = chance.choice([1 << 31, (1 << 63) - 1, (1 << 64) - 1])
                    data = greeting + ready + b"\2" + length.to_bytes(8, "big") + b"abc"
                else:
                    data = greeting + damaged(chance, ready)
                try:
                    one.sendall(data)
                except OSError:
                    pass
        assert kernel.is_well()
        assert kernel.memory < before + 30, (before, kernel.memory)
