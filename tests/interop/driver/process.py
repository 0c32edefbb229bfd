"""One peer program: a process that answers JSON lines (docs/peer.md)."""

import json
import select
import subprocess
import tempfile


class Refused(Exception):
    """The peer understood, and said no."""


class Unsupported(Exception):
    """The peer cannot do this."""


class Broken(Exception):
    """The peer died, hung, or broke the protocol."""


class PeerProcess:
    TIMEOUT = 120  # seconds for one reply; a peer that takes longer hangs

    def __init__(self, name, command, blind=False):
        """blind: it cannot read a commit that removes it."""
        self.name = name
        self.blind = blind
        self.command = command
        self.process = None
        self.start()

    def start(self):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        self.buffer = b""
        self.hello = self.call("hello")
        if self.hello.get("protocol") != "dmls-peer" or self.hello.get("version") != 1:
            raise Broken(f"{self.name}: speaks another protocol: {self.hello}")

    @property
    def suites(self):
        return set(self.hello["suites"])

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.errors.close()
            self.process = None

    def restart(self):
        self.stop()
        self.start()

    def call(self, op, **arguments):
        """The reply to one request. Raises Refused, Unsupported or Broken."""
        request = {"op": op, **{name: value for name, value in arguments.items() if value is not None}}
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            raise self.broken("died")
        reply = json.loads(self.read_line())
        if reply.get("ok"):
            return reply
        error = reply.get("error", {})
        text = f"{self.name} {op}: {error.get('code', '')} {error.get('rule', reply)}".replace("  ", " ")
        raise {"refused": Refused, "unsupported": Unsupported}.get(error.get("kind"), Broken)(text)

    def read_line(self):
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], self.TIMEOUT)
            if not ready:
                raise self.broken(f"did not answer in {self.TIMEOUT} seconds")
            octets = self.process.stdout.read1(1 << 20)
            if not octets:
                raise self.broken("died")
            self.buffer += octets
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line

    def broken(self, what):
        self.errors.seek(0)
        tail = self.errors.read()[-600:].decode(errors="replace").strip()
        return Broken(f"{self.name} {what}" + (f": {tail}" if tail else ""))
