"""What is to be run: scenario, cast, suite and variant, each combination once."""

import itertools
import json
from dataclasses import dataclass, field

from .peers import HERE

US = "dmls"


@dataclass
class Run:
    scenario: dict
    peers: tuple  # the others, in the order of the matrix
    cast: dict  # role -> name of a peer
    suite: int
    options: dict
    seed: int = 1
    quick: bool = False
    status: str = "not run"
    detail: str = ""
    seconds: float = 0.0
    name: str = field(init=False)

    def __post_init__(self):
        self.name = self.scenario["name"]

    def __str__(self):
        words = [f"{role}={peer}" for role, peer in self.cast.items()]
        words += [f"{name}={value}" for name, value in self.options.items() if isinstance(value, str)]
        return f"{self.name}, suite {self.suite}, {' '.join(words)}, seed {self.seed}"


def scenarios(only=()):
    found = []
    for path in sorted((HERE / "scenarios").glob("*.json")):
        found += json.loads(path.read_text())
    unknown = set(only) - {scenario["name"] for scenario in found}
    if unknown:
        raise SystemExit(f"interop: no scenario named {', '.join(sorted(unknown))}")
    return [scenario for scenario in found if not only or scenario["name"] in only]


def casts(roles, peers):
    """Who plays whom. Everyone takes every role in turn, and all of them take part."""
    players = (US, *peers)
    if len(roles) <= 3:
        every = itertools.product(players, repeat=len(roles))
    else:
        every = (tuple(itertools.islice(itertools.cycle(order), shift, shift + len(roles)))
                 for order in itertools.permutations(players) for shift in range(len(players) + 1))
        blocks = (tuple(player for player in order for _ in range(-(-len(roles) // len(order))))[:len(roles)]
                  for order in itertools.permutations(players))
        every = itertools.chain(every, blocks)
    seen = dict.fromkeys(cast for cast in every if set(cast) >= set(players))
    return [dict(zip(roles, cast)) for cast in seen]


def variants(scenario):
    choices = {"handshake": ["private", "public"], "tree": ["inside", "aside"], **scenario.get("variants", {})}
    fixed = {"capabilities": scenario["capabilities"]} if "capabilities" in scenario else {}
    names = sorted(choices)
    return [{**fixed, **dict(zip(names, values))} for values in itertools.product(*(choices[name] for name in names))]


def runs(chosen, peers, suites, seeds=(1,), quick=False):
    """Every run of these scenarios between us and `peers`. Quick: each cast meets one variant, in turn."""
    for scenario in chosen:
        if len(scenario["roles"]) < 1 + len(peers):
            continue
        every = variants(scenario)
        for suite in suites:
            for number, cast in enumerate(casts(scenario["roles"], peers)):
                picked = [every[(number + suite) % len(every)]] if quick else every
                for options in picked:
                    for seed in seeds:
                        yield Run(scenario, peers, cast, suite, options, seed, quick)
