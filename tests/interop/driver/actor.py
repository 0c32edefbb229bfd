"""One role of a scenario: a client at a peer, and its group once it is in one."""


class Mismatch(Exception):
    """Somebody disagrees."""


def hexed(text):
    return text.encode().hex()


class Actor:
    def __init__(self, name, peer, suite, psks, capabilities):
        self.name = name
        self.peer = peer
        self.handles = []
        self.capabilities = capabilities
        self.psks = {}
        self.group = None
        self.client = self.new_client(suite)
        self.old_clients = []
        for psk_id, value in psks.items():
            self.store_psk(psk_id, value)

    def new_client(self, suite):
        reply = self.peer.call("client", suite=suite, identity=hexed(self.name), **self.capabilities)
        return self.keep(reply["client"])

    def keep(self, handle):
        self.handles.append(handle)
        return handle

    def store_psk(self, psk_id, value):
        self.psks[psk_id] = value
        self.peer.call("psk", client=self.client, psk_id=hexed(psk_id), psk=value)

    def change_suite(self, suite):
        """Goes on as a client with another cipher suite (after a re-initialisation)."""
        self.client = self.new_client(suite)
        for psk_id, value in self.psks.items():
            self.store_psk(psk_id, value)

    def on_client(self, op, **arguments):
        return self.peer.call(op, client=self.client, **arguments)

    def on_group(self, op, **arguments):
        return self.peer.call(op, group=self.group, **arguments)

    def enter(self, reply):
        """Enters the group that a reply leads into: at once, or by merging what it staged."""
        if "staged" in reply:
            reply = self.peer.call("merge", staged=reply["staged"])
        self.group = self.keep(reply["group"])

    def leave(self):
        self.group = None

    def abandon(self):
        """Throws the group away, as somebody does who cannot go on with it."""
        if self.group:
            self.peer.call("forget", handle=self.group)
            self.handles.remove(self.group)
            self.leave()

    def key_package(self):
        return self.on_client("key_package")["key_package"]

    def state(self):
        return self.on_group("state")

    def leaf(self):
        return self.state()["leaf"]

    @property
    def blind(self):
        """Whether it cannot read a commit that removes it: then nobody shows it one."""
        return getattr(self.peer, "blind", False)

    def follow(self, commit):
        """Reads a commit of somebody else and enters the next epoch. False if it removed this member."""
        event = self.on_group("process", message=commit)
        if event["event"] not in ("commit", "removed"):
            raise Mismatch(f"{self.name} took a commit for {event}")
        if "staged" in event:
            self.peer.call("merge", staged=event["staged"])
        if event["event"] == "removed":
            self.leave()
            return False
        return True

    def forget(self):
        for handle in self.handles:
            try:
                self.peer.call("forget", handle=handle)
            except Exception:  # a tidy-up: the run was judged before
                pass
