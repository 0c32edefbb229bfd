"""Performs one run and says what became of it."""

import re
import time

from .process import Broken, Refused, Unsupported
from .stage import Mismatch, Stage


def perform(run, processes, manifest):
    """Sets status and detail of `run`. processes: name -> PeerProcess."""
    started = time.monotonic()
    for name in run.peers:
        for gap in manifest[name].get("lacks", ()):
            if run.name in gap["scenarios"]:
                run.status, run.detail = "unsupported", gap["why"]
                return
    stage, step = None, None
    try:
        clients = {}  # what all clients must do for the sake of one of the peers
        for name in run.peers:
            clients.update(manifest[name].get("clients", {}))
        options = {**run.options, "capabilities": {**clients, **run.options.get("capabilities", {})}}
        stage = Stage({role: processes[name] for role, name in run.cast.items()}, run.suite, options, run.seed)
        for step in run.scenario["steps"]:
            if run.quick and "history" in step:
                step = {"history": {**step["history"], "length": step["history"]["length"] // 5}}
            stage.perform(step)
        run.status = "passed"
    except Unsupported as why:
        run.status, run.detail = "unsupported", str(why)
    except (Refused, Mismatch) as why:
        run.status, run.detail = "failed", f"{why}; at {step}"
    except Broken as why:
        run.status, run.detail = "failed", f"{why}; at {step}"
        for process in processes.values():
            process.restart()
        stage = None
    finally:
        if stage is not None:
            stage.close()
    if run.status == "failed":
        known = known_defect(run, step, manifest)
        if known:
            run.status, run.detail = "known defect", f"{known['issue']}: {known['what']} [{run.detail}]"
    run.seconds = time.monotonic() - started


def known_defect(run, step, manifest):
    """The upstream defect that explains a failure: its peer takes part, and the failure is the one it leads to. With
    "by", the step that failed is the peer's own: what it sent is refused, and must be."""
    acting = run.cast.get(next(iter(step.values())).get("by")) if step else None
    for name in run.peers:
        for defect in manifest[name].get("defects", ()):
            if not re.search(defect["failure"], run.detail) or defect.get("by") and acting != name:
                continue
            if "scenarios" not in defect or run.name in defect["scenarios"]:
                return defect
    return None
