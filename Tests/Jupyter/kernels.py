# SPDX-License-Identifier: MIT
"""Kernels of henge, started by Jupyter's own client."""

import atexit
import os
import queue
import subprocess
import tempfile
import time

from jupyter_client.manager import KernelManager
from jupyter_client.session import Session

HENGE = os.environ["HENGE"]
PREFIX = tempfile.mkdtemp()
PATIENCE = 60

os.environ["JUPYTER_PATH"] = f"{PREFIX}/share/jupyter"
os.environ["JUPYTER_PLATFORM_DIRS"] = "1"


def install(name="henge", *options):
    """Lets Jupyter know henge under a name, with options of the command line."""
    said = subprocess.run(
        [HENGE, "kernel", "--install", "--prefix", PREFIX, "--name", name, *options],
        check=True, capture_output=True, text=True)
    assert f"{PREFIX}/share/jupyter/kernels/{name}" in said.stdout, said.stdout


install()


class Kernel:
    """A kernel and a client of it."""

    def __init__(self, name="henge", transport="tcp", folder=None):
        self.manager = KernelManager(kernel_name=name, transport=transport)
        if transport == "ipc":
            # Paths of sockets have at most 107 bytes.
            self.manager.ip = tempfile.mkdtemp(dir="/tmp") + "/s"
        self.manager.start_kernel(cwd=folder or tempfile.mkdtemp())
        atexit.register(self.close)
        self.client = self.connect()

    def connect(self):
        """One more client."""
        client = self.manager.client()
        # Clients of one manager would share its session, by which replies find them.
        client.session = Session(key=self.manager.session.key)
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        return client

    def close(self):
        """Ends the kernel."""
        atexit.unregister(self.close)
        self.client.stop_channels()
        if self.manager.is_alive():
            self.manager.shutdown_kernel(now=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def process(self):
        """The number of the kernel's process."""
        return self.manager.provisioner.pid

    @property
    def memory(self):
        """The kernel's resident memory in MB."""
        with open(f"/proc/{self.process}/status", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1000

    def send(self, code, **options):
        """Sends a cell; its id."""
        return self.client.execute(code, **options)

    def answer(self, request, channel="shell", client=None):
        """The reply to a request and what was published of it, up to `idle`."""
        client = client or self.client
        return self.reply(request, channel, client), self.published(request, client)

    def reply(self, request, channel="shell", client=None):
        """The reply to a request."""
        client = client or self.client
        get = client.get_shell_msg if channel == "shell" else client.get_control_msg
        while True:
            message = get(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") == request:
                return message["content"]

    def published(self, request, client=None, until=None):
        """What was published of a request, up to `idle` or to the first message that `until` takes."""
        messages = []
        while True:
            message = (client or self.client).get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != request:
                continue
            messages.append(message)
            if until and until(message):
                return messages
            if message["content"].get("execution_state") == "idle":
                return messages

    def wait_until_running(self, request):
        """Waits until a cell has begun."""
        self.published(request, until=lambda message: message["msg_type"] == "execute_input")

    def run(self, code, **options):
        """Runs a cell: its reply and what it published."""
        return self.answer(self.send(code, **options))

    def ask(self, kind, content, channel="shell", client=None):
        """Sends any request: its reply and what was published of it."""
        client = client or self.client
        message = client.session.msg(kind, content)
        getattr(client, f"{channel}_channel").send(message)
        return self.answer(message["header"]["msg_id"], channel, client)

    def is_well(self):
        """Whether it still computes."""
        return result(self.run("1 + 1")[1]) == "2"


def kinds(messages):
    """The types of messages."""
    return [message["msg_type"] for message in messages]


def stream(messages, name="stdout"):
    """What was printed."""
    return "".join(message["content"]["text"] for message in messages
                   if message["msg_type"] == "stream" and message["content"]["name"] == name)


def result(messages):
    """The text of the first result."""
    for message in messages:
        if message["msg_type"] == "execute_result":
            return message["content"]["data"]["text/plain"]
    return None


def silence(channel, seconds=0.3):
    """Whether nothing comes."""
    try:
        message = channel(timeout=seconds)
    except queue.Empty:
        return True
    raise AssertionError(f"received {message['msg_type']}")


def is_running(process):
    """Whether a process has not ended; one that nobody waited for is still listed."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition, what, seconds=PATIENCE):
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)
