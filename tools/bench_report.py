#!/usr/bin/env python3
"""What runs of the benchmarks say: docs/performance.md from docs/performance.json, comparisons, plots.

  tools/bench_report.py [--check]               docs/performance.md from docs/performance.json
  tools/bench_report.py --record FILE... [--peers FILE] [--notes TEXT]
                                                docs/performance.json from outputs of Google Benchmark (JSON); notes
                                                say what else there is to know about the run
  tools/bench_report.py ... --into DIR          performance.json and .md there instead of docs/
  tools/bench_report.py --compare OLD NEW...    times of NEW as multiples of those in OLD
  tools/bench_report.py --plot DIR FILE...      DIR/*.svg and *.png (needs matplotlib)
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD, PAPER = ROOT / "docs/performance.json", ROOT / "docs/performance.md"
SKIPPED = ("name", "real_time", "cpu_time", "time_unit", "iterations", "run_name", "run_type", "repetitions",
           "repetition_index", "threads", "family_index", "per_family_instance_index")
TOLD_APART = 0.03  # of an operation: less than that, a subtraction of primitives cannot tell
MICROSECONDS = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}


def rows_of(files):
    """{name: {"us": ..., counters}} of all files, medians where there are repetitions; and the first context."""
    rows, context = {}, {}
    for name in files:
        run = json.loads(Path(name).read_text())
        context = context or run.get("context", {})
        for one in run["benchmarks"]:
            if one.get("error_occurred") or one.get("aggregate_name", "median") != "median":
                continue
            key = re.sub(r"/iterations:\d+|/manual_time", "", one["run_name"])
            counters = {k: v for k, v in one.items() if isinstance(v, (int, float)) and k not in SKIPPED}
            rows[key] = {"us": one["real_time"] * MICROSECONDS[one["time_unit"]], **counters}
    return rows, context


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown processor"


def record(files, peers, notes):
    rows, context = rows_of(files)
    machine = {"processor": processor(), "cores": context.get("num_cpus", 0),
               "cryptography": context.get("boringssl", "unknown")}
    out = {"machine": machine, "date": context.get("date", "")[:10], "notes": notes, "rows": rows}
    if peers:
        out["peers"] = json.loads(Path(peers).read_text())
    RECORD.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")


def figure(n):
    return f"{n:,.0f}" if n >= 100 else f"{n:.3g}"


def parts(name):
    operation, *rest = name.split("/")
    return operation, dict(word.split(":", 1) if ":" in word else ("tree", word) for word in rest)


def operations(rows):
    """Rows of the group layer as one table for each suite and shape of tree."""
    settings, sizes = {}, {}
    for name, row in rows.items():
        operation, what = parts(name)
        if "members" not in what or "suite" not in what:
            continue
        if "threads" in what:
            operation += ", two threads" if what["threads"] == "2" else ""
        key = (what["suite"], what["tree"])
        settings.setdefault(key, {}).setdefault(operation, {})[int(what["members"])] = row
        sizes.setdefault(key, set()).add(int(what["members"]))
    for (suite, tree), table in sorted(settings.items()):
        columns = sorted(sizes[suite, tree])
        yield f"### Suite {suite}, {tree} tree"
        yield ""
        yield "| µs (multiple of the limit) | " + " | ".join(f"n = {n:,}" for n in columns) + " |"
        yield "|---|" + "---|" * len(columns)
        for operation, by_size in table.items():
            if operation == "memory":
                cells = [f"{by_size[n]['octets/member']:.0f}" if n in by_size else "" for n in columns]
                operation = "memory, octets a member"
            else:
                cells = [cell(by_size[n]) if n in by_size else "" for n in columns]
            yield f"| {operation.replace('_', ' ')} | " + " | ".join(cells) + " |"
        yield ""


def cell(row):
    if "GB/s" in row:
        copying = f"; copying {row['copy_GB/s']:.2g}" if "copy_GB/s" in row else ""
        return f"{figure(row['us'])} ({row['GB/s']:.2g} GB/s{copying})"
    limit = row.get("x_limit", 0)
    return f"{figure(row['us'])} ({limit:.2f})" if 0 < limit < 100 else figure(row["us"])


def counters(rows):
    names = ["sign", "verify", "base", "dh", "seal", "open", "compressions", "allocations"]
    yield "| suite 1, populated tree, n = 10,000 | " + " | ".join(names) + " |"
    yield "|---|" + "---|" * len(names)
    for name, row in rows.items():
        operation, what = parts(name)
        if what.get("members") == "10000" and what.get("suite") == "1" and what.get("tree") == "populated" \
                and "verify" in row and what.get("threads", "1") == "1":
            yield f"| {operation.replace('_', ' ')} | " + " | ".join(f"{row.get(n, 0):,.0f}" for n in names) + " |"


def messages(rows):
    yield "| µs (multiple of the limit) | 100 octets | 1 KiB | 64 KiB |"
    yield "|---|---|---|---|"
    table = {}
    for name, row in rows.items():
        operation, what = parts(name)
        if "octets" in what:
            table.setdefault(f"{operation.replace('_', ' ')}, suite {what['suite']}", {})[what["octets"]] = cell(row)
    for operation, cells in table.items():
        yield f"| {operation} | " + " | ".join(cells.get(n, "") for n in ("100", "1024", "65536")) + " |"


def peers(data):
    names = list(data["packages"])
    yield "| operation | members | tree | here, µs | " + " | ".join(f"{name}, µs (ratio)" for name in names) + " |"
    yield "|---|---|---|---|" + "---|" * len(names)
    for table in data["tables"]:
        for row, times in table["rows"].items():
            ours = times["dmls"]
            cells = [f"{times[n]:,.0f} ({times[n] / ours:.1f}×)" if n in times else "not run" for n in names]
            yield f"| {row} | {table['members']:,} | {table['shape']} | {ours:,.0f} | " + " | ".join(cells) + " |"
    yield ""
    yield "; ".join(f"{name}: {package}" for name, package in data["packages"].items()) + "."


def ahead(data):
    """What decides: all of a row where other things than public-key operations take most of it, else what is left."""
    names = list(data["packages"])
    yield "| operation | members | tree | public-key operations | compared | here, µs | " + " | ".join(
        f"{name}, µs (ratio)" for name in names) + " |"
    yield "|---|---|---|---|---|---|" + "---|" * len(names)
    wins, levels, losses = 0, 0, []
    for table in data["tables"]:
        if table["members"] < 100:
            continue
        for row, times in table["rows"].items():
            ours, outside = times["dmls"], table.get("outside", {}).get(row, {})
            if "dmls" not in outside:
                continue
            share = 1 - outside["dmls"] / ours
            bound = share > 0.5
            compared = outside if bound else times
            cells = []
            for name in names:
                if name not in compared:
                    cells.append("not run" if name not in times else "not known")
                    continue
                ratio = f"{compared[name] / compared['dmls']:.1f}×" if compared["dmls"] > TOLD_APART * ours else "more"
                if bound and abs(compared[name] - compared["dmls"]) < TOLD_APART * ours:
                    ratio = "level"
                    levels += 1
                elif compared[name] > compared["dmls"]:
                    wins += 1
                else:
                    losses.append(f"`{row}` at {table['members']:,} ({table['shape']}) beside {name}")
                cells.append(f"{compared[name]:,.0f} ({ratio})")
            yield (f"| {row} | {table['members']:,} | {table['shape']} | {share:.0%} | "
                   f"{'outside them' if bound else 'all of it'} | {compared['dmls']:,.0f} | " + " | ".join(cells) + " |")
    yield ""
    yield f"Ahead in {wins} of {wins + levels + len(losses)} comparisons, level in {levels}" + \
        (f"; behind in {', '.join(losses)}." if losses else ".")


def layers(rows):
    """Rows that are about neither a group's size nor messages."""
    yield "| row | µs (multiple of the limit) |"
    yield "|---|---|"
    for name, row in sorted(rows.items()):
        _, what = parts(name)
        if not ("members" in what and "suite" in what) and "octets" not in what:
            yield f"| `{name}` | {cell(row)} |"


def paper():
    run = json.loads(RECORD.read_text())
    machine, rows = run["machine"], run["rows"]
    lines = [
        "# Performance",
        "",
        "Generated by `tools/bench_report.py` from a run (`docs/performance.json`). Do not edit.",
        "",
        f"Machine: {machine['processor']}, {machine['cores']} cores. {machine['cryptography']}. "
        "Times are processor time of one thread, medians; rows on two threads are wall time.",
        "",
        "What each row is measured against, its **limit**, takes turns with it in the same process: the sum of its own public-key",
        "operations (signatures, verifications, multiplications of the base point, Diffie-Hellman). A multiple of 1.12 means that everything",
        "else, hashing, trees, codec, storage, adds 12 %. Limits on two threads are the same operations through the same executor; those of",
        "messages are a signature or its verification and two AEAD calls. How many primitives an operation has is counted, and asserted in",
        "`tests/group/operation_cost_test.cc`.",
        "",
        "A *populated* tree has a key in every parent node; a *fresh* one has none, as after adding everybody at once, so a commit seals to",
        "every member. `process` is a commit from the other half of the tree, `process near` one from the neighbouring subtree: all keys of the",
        "path are derived. `save` and `restore` write and read the whole group. `tree parse` checks the syntax of an encoded tree in place,",
        "`tree import` makes a tree of it, with its indexes.",
        *(["", run["notes"]] if run.get("notes") else []),
        "",
        "Run it: `./dev bench record`, or in parts `./dev bench group` and `./dev bench peers`.",
        "",
        "## Groups",
        "",
        *operations(rows),
        "## Messages",
        "",
        *messages(rows),
        "",
        "## Counted",
        "",
        *counters(rows),
        "",
    ]
    if "peers" in run:
        lines += ["## Beside others", "",
                  "The same groups, sizes and operations, one core, processes in turns: [bench/peers](../bench/peers/README.md).",
                  "", *peers(run["peers"]), ""]
        if any("outside" in table for table in run["peers"]["tables"]):
            lines += ["### Apart from public-key operations", "",
                      "Where signatures, verifications, base multiplications and Diffie-Hellman operations take more than half of",
                      "our time, only what is left is compared: the number of operations, which the protocol fixes, times what the",
                      "library at hand takes for each, measured in the same process, is subtracted. That is the difference of two large",
                      "numbers: less than 3 % of the operation cannot be told apart (*level*; *more* than what cannot be told from",
                      "nothing). *Not known*: that library's primitives cannot be measured alone.", "", *ahead(run["peers"]), ""]
    if any("members" not in parts(name)[1] and "octets" not in parts(name)[1] for name in rows):
        lines += ["## Layers", "", "PPRF, key schedule, secret tree, ratchet trees, DeMLS and DiMLS sessions by themselves.", "",
                  *layers(rows), ""]
    return "\n".join(line.rstrip() for line in lines)


def compare(old, new):
    before, _ = rows_of([old])
    after, _ = rows_of(new)
    for name in after:
        if name in before and before[name]["us"] > 0:
            print(f"{after[name]['us'] / before[name]['us']:8.3f}  {figure(before[name]['us']):>12} -> "
                  f"{figure(after[name]['us']):>12} us  {name}")


def plot(directory, files):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows, _ = rows_of(files)
    series = {}
    for name, row in rows.items():
        operation, what = parts(name)
        if "members" in what and "suite" in what and what.get("threads", "1") == "1" and operation != "memory":
            series.setdefault((what["suite"], what["tree"]), {}).setdefault(operation, []).append(
                (int(what["members"]), row["us"]))
    Path(directory).mkdir(parents=True, exist_ok=True)
    for (suite, tree), table in series.items():
        drawing, axes = pyplot.subplots(figsize=(8, 5))
        for operation, points in table.items():
            points.sort()
            axes.plot(*zip(*points), marker="o", label=operation.replace("_", " "))
        axes.set(xscale="log", yscale="log", xlabel="members", ylabel="µs", title=f"suite {suite}, {tree} tree")
        axes.grid(True, alpha=0.3)
        axes.legend(fontsize="small", ncol=2)
        for kind in ("svg", "png"):
            drawing.savefig(Path(directory) / f"suite{suite}-{tree}.{kind}", bbox_inches="tight")
        pyplot.close(drawing)
    print(f"plots: {directory}")


def main(words):
    global RECORD, PAPER
    if "--into" in words:  # somewhere else than docs/
        at = words.index("--into")
        directory = Path(words[at + 1])
        RECORD, PAPER = directory / RECORD.name, directory / PAPER.name
        words = words[:at] + words[at + 2:]
    if words[:1] == ["--record"]:
        options = {name: words[words.index(name) + 1] for name in ("--peers", "--notes") if name in words}
        taken = [word for option in options.items() for word in option]
        record([w for w in words[1:] if w not in taken], options.get("--peers"), options.get("--notes", ""))
    elif words[:1] == ["--compare"]:
        return compare(words[1], words[2:])
    elif words[:1] == ["--plot"]:
        return plot(words[1], words[2:])
    elif words not in ([], ["--check"]):
        sys.exit(__doc__)
    text = paper()
    if words == ["--check"]:
        if not PAPER.exists() or PAPER.read_text() != text:
            sys.exit("docs/performance.md is not what tools/bench_report.py makes of docs/performance.json")
    else:
        PAPER.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
