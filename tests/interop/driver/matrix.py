"""Results as a matrix scenario x peer x suite, for people and as JSON."""

from collections import Counter, defaultdict

ORDER = ("failed", "known defect", "unsupported", "not run", "passed")
SHORT = {"failed": "FAILED", "known defect": "defect", "unsupported": "unsup.", "not run": "-", "passed": "ok"}
SCHEMA = 1


def cell(counts):
    total = sum(counts.values())
    if not total:
        return ""
    worst = next(status for status in ORDER if counts[status])
    text = SHORT[worst]
    if counts["passed"] == total:
        return f"{text} {total}"
    return f"{text} {counts[worst]}/{total}"


def table(runs, columns):
    names = list(dict.fromkeys(run.name for run in runs))
    counts = defaultdict(Counter)
    for run in runs:
        counts[run.name, run.suite][run.status] += 1
    lines = [" " * 34 + "".join(f"{suite:<13}" for suite in columns)]
    for name in names:
        cells = "".join(f"{cell(counts[name, suite]):<13}" for suite in columns)
        lines.append(f"  {name:<32}{cells}".rstrip())
    return lines


def reasons(runs, status, limit):
    """The distinct details of a status, with how often each was met and by which scenarios."""
    groups = defaultdict(list)
    for run in runs:
        if run.status == status:
            groups[run.detail.split("; at ")[0].split(" [")[0]].append(run)
    lines = []
    for detail, members in sorted(groups.items(), key=lambda item: -len(item[1]))[:limit]:
        names = ", ".join(dict.fromkeys(run.name for run in members))
        lines.append(f"  {len(members)} x {detail}")
        lines.append(f"      in {names}" if status != "failed" else f"      first: {members[0]}\n      {members[0].detail}")
    return lines


def text(groups, foreign, unavailable):
    """groups: title -> runs; foreign: title -> suites that a peer does not know; unavailable: peer -> why."""
    lines = []
    for title, runs in groups.items():
        suites = sorted({run.suite for run in runs})
        lines += [f"dmls with {title}: passed / failed / not supported by a peer / known upstream defect / not run,"
                  " by cipher suite", *table(runs, suites)]
        if foreign[title]:
            lines.append(f"  not supported by {title}: cipher suites {', '.join(map(str, foreign[title]))}")
        for status, words in (("failed", "failed:"), ("known defect", "known upstream defects:"),
                              ("unsupported", "not supported:")):
            found = reasons(runs, status, 40)
            lines += ([words] + found) if found else []
        lines.append("")
    for peer, why in unavailable.items():
        lines.append(f"not run: {peer}: {why}")
    return "\n".join(lines)


def as_json(groups, foreign, unavailable, programs):
    return {
        "schema": SCHEMA,
        "programs": programs,
        "not_run": unavailable,
        "suites_not_supported": foreign,
        "runs": [
            {"scenario": run.name, "peers": list(run.peers), "cast": run.cast, "suite": run.suite,
             "options": run.options, "seed": run.seed, "status": run.status, "detail": run.detail,
             "seconds": round(run.seconds, 3)}
            for runs in groups.values() for run in runs],
    }


def totals(groups):
    return Counter(run.status for runs in groups.values() for run in runs)
