"""What every second derivation can be asked on its command line: verify FILE..., generate FILE SEED, cross PROGRAM FOLDER."""

import subprocess
import sys


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
