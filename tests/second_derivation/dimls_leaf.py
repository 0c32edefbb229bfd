#!/usr/bin/env python3
"""Detached leaves a second time, written from the texts and sharing nothing with the library.

Sources: RFC 9420 sections 5.1.2 (SignWithLabel), 7.2 (LeafNode, LeafNodeTBS), 7.8 (tree hashes), 12.1.2 (what replacing
a leaf does), 12.4.3.3 (ratchet_tree); RFC 9180 section 7.1.3 (DeriveKeyPair); the project's code points 0xfdf0, 0xfdf1.
Keys and signatures are derived for the suites of Curve25519, octets and hashes for all. Needs nothing but the Python
standard library.

    dimls_leaf.py verify FILE...         checks vectors of the family dimls-leaf
    dimls_leaf.py generate DIR SEED      writes DIR/dimls-leaf.json
    dimls_leaf.py cross DMLS DIR         both directions against the program DMLS, and broken copies
"""

import copy
import hashlib
import hmac
import json
import os
import random
import sys

sys.dont_write_bytecode = True
import command_line  # noqa: E402
import curve25519  # noqa: E402

HASH = {1: "sha256", 2: "sha256", 3: "sha256", 4: "sha512", 5: "sha512", 6: "sha512", 7: "sha384"}
CURVE25519 = (1, 3)
KEY_PACKAGE, COMMIT = 1, 3


def digest(suite, content):
    return hashlib.new(HASH[suite], content).digest()


def vector(content):
    """opaque<V>, RFC 9420 section 2.1.2."""
    if len(content) < 64:
        return bytes([len(content)]) + content
    if len(content) < 16384:
        return (0x4000 | len(content)).to_bytes(2, "big") + content
    return (0x80000000 | len(content)).to_bytes(4, "big") + content


class Reader:
    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, count):
        assert self.at + count <= len(self.octets), "truncated"
        self.at += count
        return self.octets[self.at - count:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self):
        first = self.number(1)
        size = 1 << (first >> 6)
        assert size < 8, "length"
        return self.take(((first & 63) << 8 * (size - 1)) | int.from_bytes(self.take(size - 1), "big"))

    def done(self):
        return self.at == len(self.octets)


def read_leaf(reader):
    """RFC 9420 section 7.2. Returns its parts, and where it lies."""
    start = reader.at
    leaf = {"encryption_key": reader.vector(), "signature_key": reader.vector()}
    reader.number(2)
    reader.vector()
    for _ in range(5):
        reader.vector()
    leaf["source"] = reader.number(1)
    if leaf["source"] == KEY_PACKAGE:
        reader.take(16)
    elif leaf["source"] == COMMIT:
        reader.vector()
    reader.vector()
    leaf["content"] = reader.octets[start:reader.at]
    leaf["signature"] = reader.vector()
    leaf["encoded"] = reader.octets[start:reader.at]
    return leaf


def leaf_of(octets):
    reader = Reader(octets)
    leaf = read_leaf(reader)
    assert reader.done()
    return leaf


def read_tree(octets):
    """RFC 9420 section 12.4.3.3: nodes as octets, None for blank ones, filled up to a full tree."""
    outer = Reader(octets)
    reader = Reader(outer.vector())
    assert outer.done()
    nodes = []
    while not reader.done():
        if reader.number(1) == 0:
            nodes.append(None)
        elif reader.number(1) == 1:
            nodes.append(read_leaf(reader)["encoded"])
        else:
            start = reader.at
            for _ in range(3):
                reader.vector()
            nodes.append(reader.octets[start:reader.at])
    while (len(nodes) + 1) & len(nodes):
        nodes.append(None)
    return nodes


def write_tree(nodes):
    nodes = list(nodes)
    while nodes and nodes[-1] is None:
        nodes.pop()
    out = b""
    for i, node in enumerate(nodes):
        out += b"\0" if node is None else bytes([1, 1 if i % 2 == 0 else 2]) + node
    return vector(out)


def optional(node):
    return b"\0" if node is None else b"\1" + node


def tree_hash(suite, nodes, low=0, high=None):
    """RFC 9420 section 7.8."""
    high = len(nodes) if high is None else high
    root = (low + high) // 2
    if root % 2 == 0:
        return digest(suite, b"\1" + (root // 2).to_bytes(4, "big") + optional(nodes[root]))
    left, right = tree_hash(suite, nodes, low, root), tree_hash(suite, nodes, root + 1, high)
    return digest(suite, b"\2" + optional(nodes[root]) + vector(left) + vector(right))


def replace(nodes, index, leaf):
    """RFC 9420 section 12.1.2: the leaf, and the nodes above it are blank."""
    nodes, low, high, at = list(nodes), 0, len(nodes), 2 * index
    assert at < len(nodes) and nodes[at] is not None, "nobody is there"
    while (root := (low + high) // 2) != at:
        nodes[root] = None
        low, high = (low, root) if at < root else (root + 1, high)
    nodes[at] = leaf
    return nodes


def signed(content):
    """SignContent, RFC 9420 section 5.1.2."""
    return vector(b"MLS 1.0 LeafNodeTBS") + vector(content)


def derive_x25519(ikm):
    """RFC 9180 section 7.1.3 for DHKEM(X25519, HKDF-SHA256)."""
    suite_id = b"HPKE-v1KEM" + (0x20).to_bytes(2, "big")
    prk = hmac.new(b"", suite_id + b"dkp_prk" + ikm, "sha256").digest()
    private = hmac.new(prk, (32).to_bytes(2, "big") + suite_id + b"sk" + b"\1", "sha256").digest()
    return curve25519.x25519_public(private)


def complete(case):
    """The computed fields of a case."""
    suite, index = case["cipher_suite"], case["leaf_index"]
    leaf = leaf_of(bytes.fromhex(case["leaf_node"]))
    psk_id = int(case["epoch"]).to_bytes(8, "big") + bytes.fromhex(case["own_group_id"])
    before = read_tree(bytes.fromhex(case["tree_before"]))
    after = replace(before, index, leaf["encoded"])
    leaves = vector(suite.to_bytes(2, "big") + leaf["encoded"])
    return {"leaf_node_tbs": leaf["content"].hex(),
            "published": (b"\xfd\xf1" + vector(leaves)).hex(),
            "proposal": (b"\xfd\xf0" + vector(vector(psk_id) + leaf["encoded"])).hex(),
            "tree_hash_before": tree_hash(suite, before).hex(),
            "tree_after": write_tree(after).hex(),
            "tree_hash_after": tree_hash(suite, after).hex()}


def check_keys(case):
    leaf, committed = leaf_of(bytes.fromhex(case["leaf_node"])), leaf_of(bytes.fromhex(case["commit_leaf"]))
    assert leaf["source"] == KEY_PACKAGE and committed["source"] == COMMIT
    assert leaf["signature_key"] == committed["signature_key"]
    if case["cipher_suite"] not in CURVE25519:
        return
    assert derive_x25519(bytes.fromhex(case["leaf_secret"])) == leaf["encryption_key"], "leaf_secret"
    key = leaf["signature_key"]
    assert curve25519.ed25519_verify(key, signed(leaf["content"]), leaf["signature"]), "leaf_node"
    there = committed["content"] + vector(bytes.fromhex(case["own_group_id"])) + bytes(4)
    here = committed["content"] + vector(bytes.fromhex(case["group_id"])) + case["leaf_index"].to_bytes(4, "big")
    assert curve25519.ed25519_verify(key, signed(there), committed["signature"]), "commit_leaf"
    assert not curve25519.ed25519_verify(key, signed(here), committed["signature"]), "commit_leaf"


def verify(path):
    with open(path, encoding="ascii") as file:
        cases = json.load(file)
    assert cases, path
    for case in cases:
        for field, value in complete(case).items():
            assert case[field] == value, field
        check_keys(case)
    return len(cases)


def write(path, cases):
    with open(path, "w", encoding="ascii") as file:
        json.dump(cases, file)


def make_leaf(source, suite, seed, encryption_key, name, origin, position=b""):
    capabilities = (vector(b"\0\1") + vector(suite.to_bytes(2, "big")) + vector(b"") + vector(b"\xfd\xf0\xfd\xf1") +
                    vector(b"\0\1"))
    content = (vector(encryption_key) + vector(curve25519.ed25519_public(seed)) + b"\0\1" + vector(name) +
               capabilities + bytes([source]) + origin + vector(b""))
    return content + vector(curve25519.ed25519_sign(seed, signed(content + position)))


def generate(folder, seed):
    os.makedirs(folder, exist_ok=True)
    source = random.Random(seed)
    cases = []
    lifetime = (0).to_bytes(8, "big") + (2**63).to_bytes(8, "big")
    for suite in CURVE25519:
        for size, index in ((2, 1), (3, 2), (6, 4)):
            case = {"cipher_suite": suite, "own_group_id": source.randbytes(source.choice([1, 32, 70])).hex(),
                    "epoch": source.choice([1, 7, 2**32]), "group_id": source.randbytes(32).hex(), "leaf_index": index,
                    "leaf_secret": source.randbytes(32).hex()}
            seeds = [source.randbytes(32) for _ in range(size)]
            nodes = []
            for i in range(size):
                key = curve25519.x25519_public(source.randbytes(32))
                name = b"member %d" % i
                if i == 0:  # the owner has committed
                    position = vector(bytes.fromhex(case["group_id"])) + bytes(4)
                    nodes.append(make_leaf(COMMIT, suite, seeds[i], key, name, vector(b""), position))
                else:
                    nodes.extend([None, make_leaf(KEY_PACKAGE, suite, seeds[i], key, name, lifetime)])
            name = b"member %d" % index
            key = derive_x25519(bytes.fromhex(case["leaf_secret"]))
            leaf = make_leaf(KEY_PACKAGE, suite, seeds[index], key, name, lifetime)
            position = vector(bytes.fromhex(case["own_group_id"])) + bytes(4)
            key = curve25519.x25519_public(source.randbytes(32))
            committed = make_leaf(COMMIT, suite, seeds[index], key, name, vector(b""), position)
            case.update(leaf_node=leaf.hex(), commit_leaf=committed.hex(), tree_before=write_tree(nodes).hex())
            cases.append({**case, **complete(case)})
            check_keys(cases[-1])
    write(os.path.join(folder, "dimls-leaf.json"), cases)


def cross(program, folder):
    total, cases = command_line.exchange(program, folder, "dimls-leaf", verify, generate)
    broken = os.path.join(folder, "dimls-leaf-broken.json")
    for field in cases[0]:
        if field == "cipher_suite":
            continue
        case = copy.deepcopy(cases[0])
        case[field] = case[field] ^ 1 if isinstance(case[field], int) else command_line.flip(case[field])
        write(broken, [case])
        command_line.refused(program, broken, f"a wrong {field}")
    # The leaf of the commit in place of the detached one, everything else made to match.
    case = copy.deepcopy(cases[0])
    case["leaf_node"] = case["commit_leaf"]
    write(broken, [{**case, **complete(case)}])
    command_line.refused(program, broken, "a leaf copied from the owner's commit")
    print(f"{total} generated cases agree; derived cases accepted, broken copies refused")


if __name__ == "__main__":
    command_line.run(__doc__, verify, generate, cross)
