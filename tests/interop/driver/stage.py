"""What happens in a scenario: every step is a method, and every change of epoch is checked by everybody."""

import random

from . import extensions, history
from .actor import Actor, Mismatch, hexed
from .process import Refused, Unsupported


def require(condition, text):
    if not condition:
        raise Mismatch(text)


class Stage:
    def __init__(self, cast, suite, options, seed=1, thorough=True):
        """cast: role -> PeerProcess; options: handshake and tree."""
        self.suite = suite
        self.options = options
        self.random = random.Random(seed)
        self.thorough = thorough
        self.capabilities = options.get("capabilities", {})
        self.psks = {}
        self.cast = cast
        self.actors = {}
        self.held = {}
        self.observers = {}
        self.group_id = self.random.randbytes(16).hex()
        for role in cast:
            self.actor(role)

    # ---- who is there ----

    def actor(self, role):
        if role not in self.actors:
            self.actors[role] = Actor(role, self.cast[role], self.suite, self.psks, self.capabilities)
        return self.actors[role]

    def members(self):
        return [actor for actor in self.actors.values() if actor.group]

    def others(self, actor):
        return [member for member in self.members() if member is not actor]

    def leaf_of(self, role):
        """A member's leaf, as itself sees it."""
        return self.actor(role).leaf()

    def close(self):
        for actor in self.actors.values():
            actor.forget()

    # ---- checks ----

    def check(self):
        """Everybody holds the same epoch, and everybody reads everybody."""
        self.agree()
        self.check_observers()
        self.talk()

    def agree(self):
        members = self.members()
        first = members[0].state()
        exported = members[0].on_group("export", label="interop", context=hexed("context"), length=40)["secret"]
        for member in members[1:]:
            state = member.state()
            for what in ("group_id", "epoch", "epoch_authenticator", "extensions"):
                require(state[what] == first[what], f"{what} of {member.name} is {state[what]}, "
                                                    f"of {members[0].name} {first[what]}")
            people = [[(m["leaf"], m["identity"], m["signature_key"]) for m in s["members"]] for s in (state, first)]
            require(people[0] == people[1], f"members differ for {member.name}: {people[0]} and {people[1]}")
            secret = member.on_group("export", label="interop", context=hexed("context"), length=40)["secret"]
            require(secret == exported, f"the exporter of {member.name} differs")

    def talk_all(self):
        thorough, self.thorough = self.thorough, True
        self.talk()
        self.thorough = thorough

    def talk(self):
        members = self.members()
        pairs = [(a, b) for a in members for b in members if a is not b]
        senders = members if self.thorough else [self.random.choice(members)]
        for sender in senders:
            text, data = self.random.randbytes(self.random.randrange(1, 60)).hex(), hexed("from " + sender.name)
            message = sender.on_group("send", data=text, authenticated_data=data)["message"]
            leaf = sender.leaf()
            for receiver in (b for a, b in pairs if a is sender):
                self.hear(receiver, message, text, data, leaf)

    @staticmethod
    def hear(receiver, message, text, data, leaf):
        event = receiver.on_group("process", message=message)
        require(event["event"] == "application", f"{receiver.name} took a message for {event}")
        require(event["data"] == text, f"{receiver.name} read something else")
        require(event.get("authenticated_data", data) == data, f"{receiver.name} read other authenticated data")
        require(event.get("sender", leaf) == leaf, f"{receiver.name} heard it from leaf {event.get('sender')}")

    # ---- steps ----

    def option(self, step, name):
        return step.get(name, self.options.get(name))

    def step_create(self, by, extensions_=(), **_):
        actor = self.actor(by)
        reply = actor.on_client("create", group_id=self.group_id, extensions=extensions.build(self, extensions_))
        actor.enter(reply)
        self.check()

    def suite_named(self, name):
        """This suite, or with "next" the following one that everybody knows."""
        if name is None:
            return self.suite
        known = sorted(set.intersection(*(actor.peer.suites for actor in self.actors.values())))
        return known[(known.index(self.suite) + 1) % len(known)]

    def describe(self, step):
        """The proposals that a step asks for, as the protocol writes them."""
        proposals = []
        for role in step.get("add", ()):
            proposals.append({"type": "add", "key_package": self.actor(role).key_package()})
        for role in step.get("remove", ()):
            proposals.append({"type": "remove", "leaf": self.leaf_of(role)})
        for psk_id in step.get("psks", ()):
            proposals.append({"type": "external_psk", "psk_id": hexed(psk_id)})
        for ago in step.get("resumption", ()):
            state = self.members()[0].state()
            proposals.append({"type": "resumption_psk", "group_id": state["group_id"], "epoch": state["epoch"] - ago})
        if "extensions" in step:
            proposals.append({"type": "group_context_extensions",
                              "extensions": extensions.build(self, step["extensions"])})
        if "reinit" in step:
            proposals.append({"type": "reinit", "group_id": self.random.randbytes(16).hex(),
                              "suite": self.suite_named(step["reinit"].get("suite")),
                              "extensions": extensions.build(self, step["reinit"].get("extensions", ()))})
        if "custom" in step:
            proposals.append({"type": "custom", **step["custom"]})
        return proposals

    def step_commit(self, **step):
        """A member commits, the others follow, those who are added join."""
        committer = self.actor(step["by"])
        reply = committer.on_group(
            "commit", proposals=self.describe(step), pending=step.get("pending"), path=step.get("path"),
            tree=self.option(step, "tree"), handshake=self.option(step, "handshake"),
            authenticated_data=hexed("a commit"))
        joiners = list(step.get("add", ())) + self.awaited
        self.awaited = []
        self.show(reply["commit"])
        before = self.others(committer)
        for member in before:
            if not member.blind:
                member.follow(reply["commit"])
        committer.peer.call("merge", staged=reply["staged"])
        self.lead([member for member in before if member.blind], committer, reply["commit"])
        for role in joiners:
            self.welcome(committer, role, reply["welcome"], self.option(step, "tree"))
        for role in step.get("remove", ()):
            require(self.actor(role).group is None, f"{role} did not notice that it was removed")
        if not step.get("ends"):
            self.check()

    @staticmethod
    def lead(blind, committer, commit):
        """Those who cannot see that they are removed are told; the others follow."""
        if blind:
            names = {member["identity"] for member in committer.state()["members"]}
            for member in blind:
                if hexed(member.name) in names:
                    member.follow(commit)
                else:
                    member.leave()

    awaited = []  # roles that proposals by reference add

    def welcome(self, committer, role, welcome, tree):
        actor = self.actor(role)
        aside = committer.on_group("ratchet_tree")["ratchet_tree"] if tree == "aside" else None
        actor.enter(actor.on_client("join", welcome=welcome, ratchet_tree=aside))

    def step_propose(self, **step):
        """A member proposes, and all others hear of it."""
        author = self.actor(step["by"])
        proposals = [{"type": "update"}] if step.get("update") else self.describe(step)
        self.awaited = self.awaited + list(step.get("add", ()))
        for proposal in proposals:
            message = author.on_group("propose", proposal=proposal, handshake=self.option(step, "handshake"))["message"]
            self.distribute(message, self.others(author))

    def distribute(self, message, members):
        self.show(message)
        for member in members:
            event = member.on_group("process", message=message)
            require(event["event"] == "proposal", f"{member.name} took a proposal for {event}")

    def group_info(self, tree, besides=None):
        """A GroupInfo from some member, with its tree inside or aside."""
        member = self.random.choice([member for member in self.members() if member is not besides])
        info = member.on_group("group_info", tree=tree)["group_info"]
        return info, member.on_group("ratchet_tree")["ratchet_tree"] if tree == "aside" else None

    def step_external_propose(self, **step):
        """Somebody outside, whom external_senders names, proposes."""
        info, _ = self.group_info("inside")
        self.awaited = self.awaited + list(step.get("add", ()))
        for proposal in self.describe(step):
            message = self.actor(step["by"]).on_client("external_propose", group_info=info, proposal=proposal,
                                                       sender_index=step.get("sender_index", 0))["message"]
            self.distribute(message, self.members())

    def step_propose_join(self, by):
        info, _ = self.group_info("inside")
        self.awaited = self.awaited + [by]
        message = self.actor(by).on_client("propose_join", group_info=info)["message"]
        self.distribute(message, self.members())

    def step_external_join(self, by, resync=False, psks=()):
        """A newcomer, or a member that lost its state, joins by a commit of its own."""
        actor = self.actor(by)
        old = actor.leaf() if resync else None
        info, tree = self.group_info(self.options.get("tree"), besides=actor)
        reply = actor.on_client("external_join", group_info=info, ratchet_tree=tree, replaces=old,
                                psk_ids=[hexed(psk_id) for psk_id in psks], authenticated_data=hexed("hello"))
        actor.abandon()
        self.show(reply["commit"])
        for member in self.members():
            member.follow(reply["commit"])
        actor.enter(reply)
        self.check()

    def step_psk(self, id, to=None):
        """An external PSK reaches everybody, or those who are named."""
        value = self.random.randbytes(32).hex()
        if to is None:
            self.psks[id] = value
        for role in to or list(self.actors):
            self.actor(role).store_psk(id, value)

    def step_send(self, by, name):
        """A message is sent, and held back under a name."""
        text = self.random.randbytes(24).hex()
        sender = self.actor(by)
        message = sender.on_group("send", data=text, authenticated_data=hexed(name))["message"]
        self.held[name] = (message, text, hexed(name), sender.leaf())

    def step_lose(self, by, count):
        """Messages are sent that nobody gets."""
        for _ in range(count):
            self.actor(by).on_group("send", data="00")

    def step_deliver(self, name, to):
        for role in to:
            self.hear(self.actor(role), *self.held[name])

    def step_deliver_again(self, name, to):
        """A message that was read already must not be read as a new one."""
        for role in to:
            try:
                event = self.actor(role).on_group("process", message=self.held[name][0])
            except Refused:
                continue
            require(event["event"] == "skipped", f"{role} read a message twice")

    def step_history(self, length, kinds=history.KINDS):
        history.History(self, kinds).run(length)

    def step_drop_commit(self, by, **step):
        """A commit is made and given up: nothing happened."""
        actor = self.actor(by)
        reply = actor.on_group("commit", proposals=self.describe(step), tree=self.options.get("tree"),
                               handshake=self.options.get("handshake"))
        actor.peer.call("drop", staged=reply["staged"])
        self.check()

    def step_race(self, winner, loser):
        """Two commit in one epoch. One is chosen; the other gives up and follows."""
        first, second = self.actor(winner), self.actor(loser)
        lost, won = (actor.on_group("commit", tree=self.options.get("tree"), handshake=self.options.get("handshake"))
                     for actor in (second, first))
        for member in self.others(first):
            if member is second:
                self.yield_to(member, lost, won["commit"])
            else:
                member.follow(won["commit"])
        first.peer.call("merge", staged=won["staged"])
        self.check()

    @staticmethod
    def yield_to(member, lost, commit):
        """Follows another commit than the own one that was staged. Merging that afterwards must change nothing."""
        member.follow(commit)
        try:
            member.peer.call("merge", staged=lost["staged"])
        except Refused:
            pass

    def step_echo(self, by):
        """The delivery service sends a commit back to its author, who merges it once."""
        actor = self.actor(by)
        own = actor.on_group("commit", tree=self.options.get("tree"), handshake=self.options.get("handshake"))
        try:
            event = actor.on_group("process", message=own["commit"])
        except Refused:
            event = {"event": "skipped"}  # it knows the message, or cannot read it: it goes by what it staged
        if not event.get("merged"):
            actor.peer.call("merge", staged=event.get("staged", own["staged"]))
        for member in self.others(actor):
            member.follow(own["commit"])
        self.check()

    def step_early(self, by, to):
        """Messages of the next epoch overtake the commit: they are kept, or refused and sent again."""
        sender, receiver = self.actor(by), self.actor(to)
        own = sender.on_group("commit", tree=self.options.get("tree"), handshake=self.options.get("handshake"))
        sender.peer.call("merge", staged=own["staged"])
        text, data = self.random.randbytes(30).hex(), hexed("early")
        message = sender.on_group("send", data=text, authenticated_data=data)["message"]
        try:
            event = receiver.on_group("process", message=message)
        except Refused:
            event = {"event": "skipped", "reason": "refused"}
        require(event["event"] == "skipped", f"{to} read a message of an epoch that it was not in: {event}")
        for member in self.others(sender):
            member.follow(own["commit"])
        due = receiver.on_group("due")["messages"] if event["reason"] == "kept" else [message]
        require(due == [message], f"{to} did not keep the message that came early")
        self.hear(receiver, due[0], text, data, sender.leaf())
        self.check()

    def step_missing(self, author, by, to):
        """A commit overtakes a proposal that it names: it waits, or is refused and comes again."""
        proposer, committer, receiver = self.actor(author), self.actor(by), self.actor(to)
        handshake = self.options.get("handshake")
        proposal = proposer.on_group("propose", proposal={"type": "update"}, handshake=handshake)["message"]
        self.distribute(proposal, [member for member in self.others(proposer) if member is not receiver])
        own = committer.on_group("commit", tree=self.options.get("tree"), handshake=handshake)
        try:
            event = receiver.on_group("process", message=own["commit"])
        except Refused:
            event = {}
        require(event.get("event") in (None, "waiting"), f"{to} followed a commit that it could not understand")
        self.distribute(proposal, [receiver])
        if event:
            event = receiver.peer.call("resume", waiting=event["waiting"])
            receiver.peer.call("merge", staged=event["staged"])
        else:
            self.read_again(receiver, own["commit"])
        for member in self.others(committer):
            if member is not receiver:
                member.follow(own["commit"])
        committer.peer.call("merge", staged=own["staged"])
        self.check()

    def read_again(self, receiver, commit):
        try:
            receiver.follow(commit)
        except Refused as why:
            if self.options.get("handshake") == "public":
                raise
            raise Unsupported(f"{receiver.peer.name}: a PrivateMessage that came too early is lost: {why}") from why

    def step_observe(self, by):
        """Somebody outside starts to follow the public handshakes."""
        info, tree = self.group_info(self.options.get("tree"))
        self.observers[by] = self.actor(by).peer.call("observe", group_info=info, ratchet_tree=tree)["observer"]
        self.actor(by).keep(self.observers[by])

    def show(self, message):
        """The observers see a handshake."""
        for name, observer in self.observers.items():
            event = self.actor(name).peer.call("observer_process", observer=observer, message=message)
            require(event["event"] in ("commit", "proposal"), f"{name} observed: {event}")

    def check_observers(self):
        for name, observer in self.observers.items():
            seen = self.actor(name).peer.call("observer_state", observer=observer)
            member = self.members()[0]
            require(seen["epoch"] == member.state()["epoch"], f"{name} observes another epoch")
            require(seen["ratchet_tree"] == member.on_group("ratchet_tree")["ratchet_tree"],
                    f"{name} observes another tree")

    def step_new_identity(self, by):
        """A member commits with another key pair under the same name."""
        actor = self.actor(by)
        other, leaf, before = actor.new_client(self.suite), actor.leaf(), self.key_of(actor)
        own = actor.on_group("commit", identity=other, tree=self.options.get("tree"),
                             handshake=self.options.get("handshake"))
        actor.peer.call("merge", staged=own["staged"])
        for member in self.others(actor):
            member.follow(own["commit"])
        require(actor.leaf() == leaf and self.key_of(actor) != before, f"{by} has the old signature key")
        self.check()

    @staticmethod
    def key_of(actor):
        state = actor.state()
        return next(member["signature_key"] for member in state["members"] if member["leaf"] == state["leaf"])

    def step_reinit(self, by, suite=None):
        """After a committed ReInit: `by` creates the new group, and all members of the old one join it."""
        creator, members = self.actor(by), self.members()
        if suite:
            self.suite = self.suite_named(suite)
            for member in members:
                member.change_suite(self.suite)
        self.found(creator, self.others(creator), "reinit", None)

    def step_branch(self, by, members):
        """`by` branches a group with these others; it goes on in the new one."""
        creator, others = self.actor(by), [self.actor(role) for role in members]
        for member in self.others(creator):
            if member not in others:
                member.leave()
        self.found(creator, others, "branch", self.random.randbytes(16).hex())

    def found(self, creator, others, how, group_id):
        tree = self.options.get("tree")
        packages = [member.key_package() for member in others]
        new = {"group_id": group_id, "extensions": creator.state()["extensions"]} if how == "branch" else {}
        reply = creator.on_group(how + "_create", client=creator.client, key_packages=packages, tree=tree, **new)
        creator.enter(reply)
        aside = reply.get("ratchet_tree")
        if tree == "aside" and aside is None:
            aside = creator.on_group("ratchet_tree")["ratchet_tree"]
        for member in others:
            member.enter(member.on_group(how + "_join", client=member.client, welcome=reply["welcome"],
                                         ratchet_tree=aside))
        self.check()

    def step_reload(self, who):
        """A member stores its group and goes on with what it loads."""
        for role in who:
            actor = self.actor(role)
            actor.enter(actor.on_group("reload", client=actor.client))
        self.check()

    def perform(self, step):
        ((name, arguments),) = step.items()
        if "extensions" in arguments and name == "create":
            arguments = {**arguments, "extensions_": arguments["extensions"]}
            del arguments["extensions"]
        getattr(self, "step_" + name)(**arguments)
