#!/usr/bin/env python3
"""The puncturable PRF a second time, written from the texts and sharing nothing with the library.

Sources: RFC 9420 section 8 (ExpandWithLabel, DeriveSecret) and section 9 (the tree); RFC 5869 (HKDF);
draft-kohbrok-mls-dmls, "Puncturable pseudorandom function"; draft-ietf-mls-extensions, "Exported Secrets".
Needs nothing but the Python standard library.

    pprf.py verify FILE...          checks vectors of the families pprf and safe-exporter
    pprf.py generate DIR SEED       writes DIR/pprf.json and DIR/safe-exporter.json
    pprf.py cross DMLS DIR          both directions against the program DMLS, and broken copies
"""

import copy
import hashlib
import hmac
import json
import os
import random
import subprocess
import sys

sys.dont_write_bytecode = True
import command_line  # noqa: E402

# RFC 9420 section 17.1: the hash of each cipher suite.
HASH = {1: "sha256", 2: "sha256", 3: "sha256", 4: "sha512", 5: "sha512", 6: "sha512", 7: "sha384"}


def expand(name, secret, info, length):
    """HKDF-Expand, RFC 5869 section 2.3."""
    out, block, counter = b"", b"", 0
    while len(out) < length:
        counter += 1
        block = hmac.new(secret, block + info + bytes([counter]), name).digest()
        out += block
    return out[:length]


def vector(content):
    """opaque<V>, RFC 9420 section 2.1.2; nothing here is longer than 63 octets."""
    assert len(content) < 64
    return bytes([len(content)]) + content


def expand_with_label(name, secret, label, context, length):
    """RFC 9420 section 8."""
    info = length.to_bytes(2, "big") + vector(b"MLS 1.0 " + label) + vector(context)
    return expand(name, secret, info, length)


class Tree:
    """Nodes by (depth, number): node (d, n) is the n-th from the left of those at depth d."""

    def __init__(self, name, secret, depth, finisher):
        self.name, self.depth, self.finisher = name, depth, finisher
        self.nh = hashlib.new(name).digest_size
        self.nodes = {(0, 0): secret}

    def child(self, secret, right):
        return expand_with_label(self.name, secret, b"tree", b"right" if right else b"left", self.nh)

    def spend(self, octets):
        """The leaf's secret and the output, or None if no node is left above the input."""
        assert len(octets) * 8 == self.depth
        leaf = int.from_bytes(octets, "big")
        for depth in range(self.depth + 1):
            if (depth, leaf >> (self.depth - depth)) in self.nodes:
                break
        else:
            return None
        secret = self.nodes.pop((depth, leaf >> (self.depth - depth)))
        while depth < self.depth:
            depth += 1
            number = leaf >> (self.depth - depth)
            self.nodes[depth, number ^ 1] = self.child(secret, not number & 1)
            secret = self.child(secret, number & 1)
        output = expand_with_label(self.name, secret, b"pprf", b"", self.nh) if self.finisher else secret
        return secret, output

    def frontier_hash(self):
        digest = hashlib.new(self.name)
        # From left to right: by the leftmost leaf below each node.
        for depth, number in sorted(self.nodes, key=lambda node: node[1] << (self.depth - node[0])):
            size = (depth + 7) // 8
            prefix = (number << (8 * size - depth)).to_bytes(size, "big")
            digest.update(depth.to_bytes(2, "big") + prefix + self.nodes[depth, number])
        return digest.digest()


def tree_of(family, suite, secret):
    name = HASH[suite]
    nh = hashlib.new(name).digest_size
    assert len(secret) == nh, "the secret has Nh octets"
    return Tree(name, secret, 16, False) if family == "safe-exporter" else Tree(name, secret, 8 * nh, True)


def verify_case(family, case):
    tree = tree_of(family, case["cipher_suite"], bytes.fromhex(case["secret"]))
    if family == "safe-exporter":
        assert case["depth"] == 16
    assert len(case["evaluations"]) >= 3
    for evaluation in case["evaluations"]:
        leaf, output = tree.spend(bytes.fromhex(evaluation["input"]))
        if family == "pprf":
            assert evaluation["leaf_node_secret"] == leaf.hex(), "leaf_node_secret"
        else:
            assert "leaf_node_secret" not in evaluation
        assert evaluation["output"] == output.hex(), "output"
        assert evaluation["nodes_after"] == len(tree.nodes), "nodes_after"
    for evaluation in case["evaluations"]:
        assert tree.spend(bytes.fromhex(evaluation["input"])) is None, "punctured"
    assert case["frontier_hash"] == tree.frontier_hash().hex(), "frontier_hash"


def generate_case(family, suite, source):
    nh = hashlib.new(HASH[suite]).digest_size
    secret = source.randbytes(nh)
    tree = tree_of(family, suite, secret)
    octets = tree.depth // 8
    base = source.randbytes(octets)
    inputs = [bytes(octets), b"\xff" * octets, base]
    for shared in (0, 1, 7, 8, tree.depth - 1):
        inputs.append((int.from_bytes(base, "big") ^ 1 << (tree.depth - 1 - shared)).to_bytes(octets, "big"))
    inputs += [source.randbytes(octets) for _ in range(4)]
    evaluations = []
    for octet_string in dict.fromkeys(inputs):
        leaf, output = tree.spend(octet_string)
        evaluation = {"input": octet_string.hex(), "output": output.hex(), "nodes_after": len(tree.nodes)}
        if family == "pprf":
            evaluation["leaf_node_secret"] = leaf.hex()
        evaluations.append(evaluation)
    case = {"cipher_suite": suite, "secret": secret.hex(), "evaluations": evaluations,
            "frontier_hash": tree.frontier_hash().hex()}
    if family == "safe-exporter":
        case["depth"] = 16
    return case


def verify(path):
    family = "safe-exporter" if os.path.basename(path).startswith("safe-exporter") else "pprf"
    with open(path, encoding="ascii") as file:
        cases = json.load(file)
    assert cases, path
    for case in cases:
        verify_case(family, case)
    return len(cases)


def write(path, cases):
    with open(path, "w", encoding="ascii") as file:
        json.dump(cases, file)


def generate(folder, seed):
    os.makedirs(folder, exist_ok=True)
    source = random.Random(seed)
    for family in ("pprf", "safe-exporter"):
        write(os.path.join(folder, family + ".json"), [generate_case(family, suite, source) for suite in HASH])


def cross(program, folder):
    ours, theirs = os.path.join(folder, "derived"), os.path.join(folder, "generated")
    generate(ours, 1)
    os.makedirs(theirs, exist_ok=True)
    total = 0
    for family in ("pprf", "safe-exporter"):
        subprocess.run([program, "vectors", "generate", "--type", family, "--seed", "5", "--out", theirs], check=True)
        total += verify(os.path.join(theirs, family + ".json"))

        path = os.path.join(ours, family + ".json")
        subprocess.run([program, "vectors", "verify", path], check=True)
        with open(path, encoding="ascii") as file:
            cases = json.load(file)
        broken = os.path.join(folder, family + "-broken.json")
        for field in ("output", "nodes_after", "input", "frontier_hash", "secret"):
            case = copy.deepcopy(cases[0])
            place = case if field in case else case["evaluations"][4]
            place[field] = place[field] + 1 if field == "nodes_after" else place[field][:-1] + (
                "1" if place[field][-1] == "0" else "0")
            write(broken, [case])
            command_line.refused(program, broken, f"{family}: a wrong {field}")
    print(f"{total} generated cases agree; derived cases accepted, broken copies refused")


if __name__ == "__main__":
    command_line.run(__doc__, verify, generate, cross)
