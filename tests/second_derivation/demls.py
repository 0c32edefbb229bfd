#!/usr/bin/env python3
"""The DeMLS key schedule, its messages and its rules a second time, written from the texts.

Shares nothing with the library.

Sources: draft-kohbrok-mls-dmls, "DMLS key schedule", "DMLS Messages", "Epoch identifiers"; RFC 9420 section 8 (key
schedule, GroupContext), 8.3, 8.4, 2.1.2 (vectors). Needs nothing but the Python standard library, and pprf.py beside it.

    demls.py verify FILE...         checks vectors of the families demls-key-schedule, demls-message,
                                    demls-passive-client (its history alone), fork-choice and retention
    demls.py generate DIR SEED      writes DIR/demls-key-schedule.json
    demls.py cross DMLS DIR         both directions against the program DMLS, and broken copies
"""

import copy
import hashlib
import hmac
import json
import os
import random
import subprocess
import sys

from pprf import HASH, Tree, expand, write

sys.dont_write_bytecode = True
import command_line  # noqa: E402

# RFC 9420 section 8, table "Epoch-Derived Secrets", and the two that the draft adds or replaces.
LABELS = {"sender_data_secret": b"sender data", "encryption_secret": b"encryption", "exporter_secret": b"exporter",
          "external_secret": b"external", "confirmation_key": b"confirm", "membership_key": b"membership",
          "resumption_psk": b"resumption", "epoch_authenticator": b"authentication",
          "parent_init_secret": b"parent_init", "dmls_epoch": b"epoch"}


def vector(content):
    """opaque<V>, RFC 9420 section 2.1.2."""
    size = len(content)
    if size < 1 << 6:
        return bytes([size]) + content
    if size < 1 << 14:
        return (size | 1 << 14).to_bytes(2, "big") + content
    return (size | 2 << 30).to_bytes(4, "big") + content


class Suite:
    def __init__(self, number):
        self.number, self.name = number, HASH[number]
        self.nh = hashlib.new(self.name).digest_size

    def extract(self, salt, material):
        return hmac.new(salt, material, self.name).digest()

    def expand_with_label(self, secret, label, context):
        info = self.nh.to_bytes(2, "big") + vector(b"MLS 1.0 " + label) + vector(context)
        return expand(self.name, secret, info, self.nh)

    def derive(self, secret, label):
        return self.expand_with_label(secret, label, b"")

    def group_context(self, group_id, epoch):
        """ProtocolVersion mls10; CipherSuite; group_id<V>; uint64; tree_hash<V>; confirmed...<V>; extensions<V>."""
        return (b"\x00\x01" + self.number.to_bytes(2, "big") + vector(group_id) + epoch["epoch"].to_bytes(8, "big")
                + vector(bytes.fromhex(epoch["tree_hash"]))
                + vector(bytes.fromhex(epoch["confirmed_transcript_hash"]))
                + vector(bytes.fromhex(epoch["extensions"])))


def compute(suite, group_id, epoch, parent, trees):
    """All computed fields of one epoch, given the chosen ones; the parent's tree is punctured."""
    out = {}
    if parent is not None:
        epoch["epoch"] = parent["epoch"] + 1
    context = suite.group_context(group_id, epoch)
    out["epoch"], out["group_context"] = epoch["epoch"], context
    if parent is None:
        secret = bytes.fromhex(epoch["epoch_secret"])
    else:
        path = bytes.fromhex(epoch["path_secret"]) if epoch["path_secret"] else None
        commit = suite.derive(path, b"path") if path else bytes(suite.nh)
        if epoch["external_init_secret"]:
            init = bytes.fromhex(epoch["external_init_secret"])
        else:
            out["commit_confirmation"] = suite.derive(path or bytes(suite.nh), b"conf")
            out["pprf_input"] = suite.expand_with_label(out["commit_confirmation"], b"child_init", context)
            init = trees[parent["dmls_epoch"]].spend(out["pprf_input"])[1]
        joiner = suite.expand_with_label(suite.extract(init, commit), b"joiner", context)
        member = suite.extract(joiner, bytes.fromhex(epoch["psk_secret"]))
        out.update(commit_secret=commit, init_secret=init, joiner_secret=joiner,
                   welcome_secret=suite.derive(member, b"welcome"))
        secret = suite.expand_with_label(member, b"epoch", context)
    out["epoch_secret"] = secret
    for field, label in LABELS.items():
        out[field] = suite.derive(secret, label)
    out = {field: value if field == "epoch" else value.hex() for field, value in out.items()}
    trees[out["dmls_epoch"]] = Tree(suite.name, bytes.fromhex(out["parent_init_secret"]), 8 * suite.nh, True)
    return out


def verify_key_schedule(case):
    suite, trees = Suite(case["cipher_suite"]), {}
    group_id = bytes.fromhex(case["group_id"])
    for index, epoch in enumerate(case["epochs"]):
        assert (epoch["parent"] is None) == (index == 0)
        parent = case["epochs"][epoch["parent"]] if index else None
        for field, value in compute(suite, group_id, dict(epoch), parent, trees).items():
            assert epoch[field] == value, f"epoch {index}: {field}"


def verify_message(case):
    """The wrapper is its two fields one after the other; why something is refused is the library's own business."""
    for each in case["messages"]:
        message, name = bytes.fromhex(each["message"]), bytes.fromhex(each["dmls_epoch"])
        assert len(name) == Suite(case["cipher_suite"]).nh, "length of dmls_epoch"
        assert message[:2] == b"\x00\x01" and message[2:4] in (b"\x00\x01", b"\x00\x02"), "public or private message"
        assert bytes.fromhex(each["dmls_message"]) == message + vector(name), "dmls_message"


def verify_fork_choice(case):
    """Highest tag; and class, ticket, commit. draft-kohbrok-mls-dmls, "State management", and docs/decisions.md."""
    suite = Suite(case["cipher_suite"])
    candidates = case["candidates"]
    for each in candidates:
        leaf = each["committer"].to_bytes(4, "big")
        ticket = vector(b"DeMLS fork ticket") + vector(bytes.fromhex(case["parent"])) + leaf
        assert each["ticket"] == hashlib.new(suite.name, ticket).hexdigest(), "ticket"
    indices = range(len(candidates))
    by_tag = sorted(indices, key=lambda i: candidates[i]["confirmation_tag"], reverse=True)
    assert case["highest_confirmation_tag"] == by_tag, "highest_confirmation_tag"

    def rank(index):
        each = candidates[index]
        kind = 2 if each["origin"] == "external" else 0 if each["authorised_remove"] else 1
        return kind, each["ticket"], each["commit"]
    assert case["ticket_order"] == sorted(indices, key=rank), "ticket_order"


def verify_retention(case):
    """The rule of the draft's "Security Considerations", branch by branch."""
    epochs = case["epochs"]
    rosters = [set(epochs[0]["added"])]
    for epoch in epochs[1:]:
        roster = rosters[epoch["parent"]] - set(epoch["removed"])
        joined = {epoch["committer"]} if epoch["origin"] == "joiner" else set()
        rosters.append(roster | joined | set(epoch["added"]))
    for index, epoch in enumerate(epochs):
        assert epoch["members"] == len(rosters[index]), "members"
        fewest = len(rosters[index])
        for tip in range(index, len(epochs)):
            branch, at = [], tip
            while at > index:
                branch.append(epochs[at])
                at = epochs[at]["parent"]
            if at != index:
                continue
            done = {e["committer"] for e in branch if e["origin"] == "member"}
            gone = {leaf for e in branch for leaf in e["removed"]}
            # A leaf that was removed and taken again belongs to somebody else; removed it is in any case.
            fewest = min(fewest, len(rosters[index] - done - gone))
        assert epoch["missing"] == fewest, f"epoch {index}: missing"
        assert epoch["deletable"] == (fewest == 0), "deletable"


def verify_passive_client(case):
    """What follows without HPKE and signatures: the shape of the history, its head, and that orders are orders."""
    epochs = {each["dmls_epoch"]: each for each in case["epochs"]}
    assert len(epochs) == len(case["epochs"]), "epochs are named once"
    roots = [each for each in epochs.values() if each["parent"] is None]
    assert len(roots) == 1, "one epoch is joined"
    size = 2 * Suite(case["cipher_suite"]).nh
    children = {}
    for name, each in epochs.items():
        assert len(name) == len(each["confirmation_tag"]) == len(each["epoch_authenticator"]) == size, "lengths"
        if each["parent"] is not None:
            assert each["epoch"] == epochs[each["parent"]]["epoch"] + 1, "epoch"
            children.setdefault(each["parent"], []).append(each)
    head = roots[0]
    while head["dmls_epoch"] in children:
        head = max(children[head["dmls_epoch"]], key=lambda each: each["confirmation_tag"])
    assert case["head"] == head["dmls_epoch"], "head"
    indices = list(range(len(case["messages"])))
    assert case["orders"] and all(sorted(order) == indices for order in case["orders"]), "orders"
    assert all(each["dmls_epoch"] in epochs for each in case["application"]), "application"
    for message in case["messages"]:  # a DMLSMessage ends with its dmls_epoch<V>
        assert message[-size:] in epochs and message[-size - 2:-size] == f"{size // 2:02x}", "dmls_epoch of a message"


FAMILIES = {"demls-key-schedule": verify_key_schedule, "demls-message": verify_message,
            "demls-passive-client": verify_passive_client, "fork-choice": verify_fork_choice,
            "retention": verify_retention}


def verify(path):
    family = next(name for name in FAMILIES if os.path.basename(path).startswith(name))
    with open(path, encoding="ascii") as file:
        cases = json.load(file)
    assert cases, path
    for case in cases:
        FAMILIES[family](case)
    return len(cases)


def generate_case(number, first, source):
    suite, trees = Suite(number), {}
    group_id = source.randbytes(suite.nh)

    def hexes(size):
        return source.randbytes(size).hex()
    epochs = []
    # (parent, path, external, psk)
    shapes = [(None, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 1), (0, 1, 0, 0), (3, 1, 0, 1), (0, 1, 1, 0), (4, 1, 0, 0),
              (4, 0, 0, 0), (5, 1, 0, 0)]
    for index, (parent, path, external, psk) in enumerate(shapes):
        epoch = {"parent": parent, "tree_hash": hexes(suite.nh), "extensions": hexes(61 * index),
                 "confirmed_transcript_hash": hexes(suite.nh) if index or first else ""}
        if index == 0:
            epoch.update(epoch=first, epoch_secret=hexes(suite.nh))
        else:
            epoch.update(path_secret=hexes(suite.nh) if path else None,
                         external_init_secret=hexes(suite.nh) if external else None,
                         psk_secret=hexes(suite.nh) if psk else bytes(suite.nh).hex())
        epoch.update(compute(suite, group_id, epoch, epochs[parent] if index else None, trees))
        epochs.append(epoch)
    return {"cipher_suite": number, "group_id": group_id.hex(), "epochs": epochs}


def generate(folder, seed):
    os.makedirs(folder, exist_ok=True)
    source = random.Random(seed)
    write(os.path.join(folder, "demls-key-schedule.json"),
          [generate_case(number, first, source) for number in HASH for first in (0, 2**33)])


def cross(program, folder):
    ours, theirs = os.path.join(folder, "derived"), os.path.join(folder, "generated")
    generate(ours, 1)
    os.makedirs(theirs, exist_ok=True)
    total = 0
    for family in FAMILIES:
        subprocess.run([program, "vectors", "generate", "--type", family, "--seed", "5", "--out", theirs], check=True)
        total += verify(os.path.join(theirs, family + ".json"))

    path = os.path.join(ours, "demls-key-schedule.json")
    subprocess.run([program, "vectors", "verify", path], check=True)
    with open(path, encoding="ascii") as file:
        cases = json.load(file)
    broken = os.path.join(folder, "demls-key-schedule-broken.json")
    for field in cases[0]["epochs"][4]:
        if field in ("parent", "external_init_secret"):
            continue
        case = copy.deepcopy(cases[0])
        epoch = case["epochs"][4]
        epoch[field] = epoch[field] + 1 if field == "epoch" else epoch[field][:-1] + (
            "1" if epoch[field][-1] == "0" else "0")
        write(broken, [case])
        command_line.refused(program, broken, f"a wrong {field}")
    print(f"{total} generated cases agree; derived cases accepted, broken copies refused")


if __name__ == "__main__":
    command_line.run(__doc__, verify, generate, cross)
