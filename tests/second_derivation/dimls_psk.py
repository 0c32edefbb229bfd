#!/usr/bin/env python3
"""PSKs and names of Send Groups a second time, written from the texts and sharing nothing with the library.

Sources: draft-xue-distributed-mls, "COMMIT" and "Group Operations"; RFC 9420 section 8 (ExpandWithLabel, DeriveSecret),
section 8.4 (psk_secret), section 8.5 (MLS-Exporter); RFC 5869 (HKDF). Needs nothing but the Python standard library.

    dimls_psk.py verify FILE...          checks vectors of the family dimls-psk
    dimls_psk.py generate DIR SEED       writes DIR/dimls-psk.json
    dimls_psk.py cross DMLS DIR          both directions against the program DMLS, and broken copies
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

# RFC 9420 section 17.1: the hash of each cipher suite.
HASH = {1: "sha256", 2: "sha256", 3: "sha256", 4: "sha512", 5: "sha512", 6: "sha512", 7: "sha384"}


def size_of(suite):
    return hashlib.new(HASH[suite]).digest_size


def extract(suite, salt, ikm):
    return hmac.new(salt, ikm, HASH[suite]).digest()


def expand(suite, secret, info, length):
    """HKDF-Expand, RFC 5869 section 2.3."""
    assert length <= 255 * size_of(suite)
    out, block, counter = b"", b"", 0
    while len(out) < length:
        counter += 1
        block = hmac.new(secret, block + info + bytes([counter]), HASH[suite]).digest()
        out += block
    return out[:length]


def vector(content):
    """opaque<V>, RFC 9420 section 2.1.2."""
    if len(content) < 64:
        return bytes([len(content)]) + content
    assert len(content) < 16384
    return (0x4000 | len(content)).to_bytes(2, "big") + content


def expand_with_label(suite, secret, label, context, length):
    info = length.to_bytes(2, "big") + vector(b"MLS 1.0 " + label) + vector(context)
    return expand(suite, secret, info, length)


def mls_exporter(suite, exporter_secret, label, context, length):
    """RFC 9420 section 8.5."""
    secret = expand_with_label(suite, exporter_secret, label, b"", size_of(suite))
    return expand_with_label(suite, secret, b"exported", hashlib.new(HASH[suite], context).digest(), length)


def psk_secret_of_one(suite, psk_id, nonce, psk):
    """RFC 9420 section 8.4 with one external PSK."""
    zero = bytes(size_of(suite))
    label = bytes([1]) + vector(psk_id) + vector(nonce) + (0).to_bytes(2, "big") + (1).to_bytes(2, "big")
    extracted = extract(suite, zero, psk)
    psk_input = expand_with_label(suite, extracted, b"derived psk", label, size_of(suite))
    return extract(suite, psk_input, zero)


def complete(case):
    """The computed fields of a case."""
    exporting, importing = case["cipher_suite"], case["importing_cipher_suite"]
    exporter_secret = bytes.fromhex(case["exporter_secret"])
    nonce = bytes.fromhex(case["psk_nonce"])
    assert len(exporter_secret) == size_of(exporting), "exporter_secret"
    assert len(nonce) == size_of(importing), "psk_nonce"
    assert 32 <= case["length"] <= 255 * size_of(exporting), "length"
    psk_id = int(case["epoch"]).to_bytes(8, "big") + bytes.fromhex(case["group_id"])
    psk = mls_exporter(exporting, exporter_secret, case["label"].encode(), psk_id, case["length"])
    name = mls_exporter(exporting, exporter_secret, b"derivedGroupId", bytes.fromhex(case["leaf_signature_key"]),
                        size_of(exporting))
    return {"psk_id": psk_id.hex(), "psk": psk.hex(),
            "psk_secret": psk_secret_of_one(importing, psk_id, nonce, psk).hex(), "derived_group_id": name.hex()}


def verify(path):
    with open(path, encoding="ascii") as file:
        cases = json.load(file)
    assert cases, path
    for case in cases:
        for field, value in complete(case).items():
            assert case[field] == value, field
    return len(cases)


def write(path, cases):
    with open(path, "w", encoding="ascii") as file:
        json.dump(cases, file)


def generate(folder, seed):
    os.makedirs(folder, exist_ok=True)
    source = random.Random(seed)
    cases = []
    for exporting in HASH:
        for importing in HASH:
            epoch = source.choice([0, 1, 7, 2**32, 2**53 - 1, 2**63, 2**64 - 1])
            case = {"cipher_suite": exporting, "importing_cipher_suite": importing,
                    "group_id": source.randbytes(source.choice([1, 16, 32, 63, 64, 100])).hex(),
                    "epoch": epoch if epoch < 2**53 else str(epoch),
                    "exporter_secret": source.randbytes(size_of(exporting)).hex(),
                    "label": source.choice(["exporter-psk", "exporter_psk"]),
                    "length": source.choice([32, 33, 48, 64, 1000]),
                    "psk_nonce": source.randbytes(size_of(importing)).hex(),
                    "leaf_signature_key": source.randbytes(source.choice([32, 57, 65])).hex()}
            cases.append({**case, **complete(case)})
    write(os.path.join(folder, "dimls-psk.json"), cases)


def cross(program, folder):
    total, cases = command_line.exchange(program, folder, "dimls-psk", verify, generate)
    broken = os.path.join(folder, "dimls-psk-broken.json")
    for field in ("group_id", "exporter_secret", "label", "length", "psk_nonce", "leaf_signature_key", "psk_id", "psk",
                  "psk_secret", "derived_group_id", "epoch"):
        case = copy.deepcopy(cases[0])
        if field in ("length", "epoch"):
            case[field] = str(int(case[field]) ^ 1) if isinstance(case[field], str) else case[field] ^ 1
        else:
            case[field] = command_line.flip(case[field])
        write(broken, [case])
        command_line.refused(program, broken, f"a wrong {field}")
    print(f"{total} generated cases agree; derived cases accepted, broken copies refused")


if __name__ == "__main__":
    command_line.run(__doc__, verify, generate, cross)
