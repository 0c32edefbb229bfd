"""What every second derivation can be asked on its command line: verify FILE..., generate FILE SEED, cross PROGRAM FOLDER."""

import json
import os
import subprocess
import sys


def flip(field):
    """Hexadecimal digits with another last one."""
    return field[:-1] + ("1" if field[-1] == "0" else "0")


def exchange(program, folder, family, verify, generate):
    """Verifies what `program` generates, has it verify what is generated here. How many cases agree, and the own ones."""
    ours, theirs = os.path.join(folder, "derived"), os.path.join(folder, "generated")
    generate(ours, 1)
    os.makedirs(theirs, exist_ok=True)
    subprocess.run([program, "vectors", "generate", "--type", family, "--seed", "5", "--out", theirs], check=True)
    total = verify(os.path.join(theirs, f"{family}.json"))
    path = os.path.join(ours, f"{family}.json")
    subprocess.run([program, "vectors", "verify", path], check=True)
    with open(path, encoding="ascii") as file:
        return total, json.load(file)


def refused(program, path, what):
    """`program` finds the vectors in `path`, which are broken on purpose, to be wrong."""
    status = subprocess.run([program, "vectors", "verify", path], stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, check=False).returncode
    assert status == 1, f"{what} was accepted ({status})"


def run(usage, verify, generate, cross):
    arguments = sys.argv[1:]
    if len(arguments) >= 2 and arguments[0] == "verify":
        for path in arguments[1:]:
            print(f"{path}: {verify(path)} cases agree")
    elif len(arguments) == 3 and arguments[0] == "generate":
        generate(arguments[1], int(arguments[2]))
    elif len(arguments) == 3 and arguments[0] == "cross":
        cross(arguments[1], arguments[2])
    else:
        sys.exit(usage)
