"""Random histories: steps drawn from a seed, as long as somebody can do them."""

from .process import Unsupported

KINDS = ("add", "remove", "update", "psk", "external", "propose_remove")


class History:
    """One history on a stage. `kinds`: what may happen besides empty commits and messages."""

    def __init__(self, stage, kinds):
        self.stage = stage
        self.random = stage.random
        self.kinds = kinds
        self.touched = []  # whose leaf a waiting proposal removes or renews

    def members(self):
        return [actor.name for actor in self.stage.members()]

    def outside(self):
        inside = self.members() + self.stage.awaited
        return [name for name in self.stage.cast if name not in inside]

    def handshake(self):
        return self.random.choice(["private", "public"])

    def propose(self):
        """Somebody proposes an update, a removal, or a newcomer."""
        members, kind = self.members(), self.random.choice(("update", "update", "propose_remove", "add"))
        author, target = self.random.choice(members), self.random.choice(members)
        if kind not in self.kinds:
            return
        if kind == "update" and author not in self.touched and len(self.touched) + 1 < len(members):
            self.stage.step_propose(by=author, update=True, handshake=self.handshake())
            self.touched.append(author)
        elif kind == "propose_remove" and target not in self.touched and len(self.touched) + 2 < len(members):
            self.stage.step_propose(by=author, remove=[target], handshake=self.handshake())
            self.touched.append(target)
        elif kind == "add" and self.outside():
            self.stage.step_propose(by=author, add=[self.random.choice(self.outside())], handshake=self.handshake())

    def choose_commit(self):
        """A commit that makes sense here: it adds or removes, or brings a key, or nothing."""
        committers = [name for name in self.members() if name not in self.touched]
        step = {"by": self.random.choice(committers), "path": self.random.choice(["always", "when_required"]),
                "tree": self.random.choice(["inside", "aside"]), "handshake": self.handshake()}
        staying = [name for name in committers if name != step["by"]]
        what, outside = self.random.random(), self.outside()
        if "add" in self.kinds and outside and what < 0.5:
            step["add"] = self.random.sample(outside, self.random.randrange(1, len(outside) + 1))
        if "remove" in self.kinds and len(staying) > 1 and what > 0.35:
            step["remove"] = self.random.sample(staying, 1)
        if "psk" in self.kinds and what > 0.85:
            step["psks"] = ["history"]
        return step

    def commit(self):
        self.stage.step_commit(**self.choose_commit())
        self.touched = []

    def external_join(self):
        """A newcomer joins by itself, or a member joins anew. Such a commit takes nothing up that waits."""
        members, newcomers = self.members(), [name for name in self.stage.cast if not self.stage.actor(name).group]
        if newcomers:
            self.stage.step_external_join(by=self.random.choice(newcomers))
        elif len(members) > 2:
            self.stage.step_external_join(by=self.random.choice(members), resync=True)
        else:
            return
        self.stage.awaited, self.touched = [], []

    def step(self):
        kind = self.random.random()
        if kind < 0.35:
            self.propose()
        elif kind < 0.9 or "external" not in self.kinds:
            self.commit()
        else:
            self.external_join()

    def run(self, length):
        self.stage.thorough = False
        self.stage.step_psk(id="history")
        for number in range(length):
            try:
                self.step()
            except Unsupported:  # nothing happened; others do other things
                pass
            waiting = self.touched or self.stage.awaited
            if number % 50 == 49 and not waiting:  # RFC 9420 §12.4: first commit, then send
                self.stage.talk_all()
