"""The arithmetic of scripts/bench-server: medians, paired comparisons and their verdict, tables."""

import math
import statistics
from typing import NamedTuple

# What a build may be worse by than the one before and still count as no worse. A machine that
# others share moves each ratio by several percent, so that the CPU is judged by the lower quartile.
CPU_RATIO = 1.03
P50_LATER_MS = 1
P99_LATER_MS = 3
DELIVERED_LESS = 0.1  # percentage points


class Figures(NamedTuple):
    """Of one run, or the medians of several."""

    cpu_us: float  # of the server, user and system, per delivered frame
    p50_us: float
    p99_us: float
    delivered_percent: float
    kib_per_connection: float


class Comparison(NamedTuple):
    """A build beside the one before. Differences are medians over the rounds, positive: worse."""

    lower_quartile: float  # of the ratios of CPU per frame, after / before
    cpu_ratio: float  # their median
    upper_quartile: float
    p50_later_ms: float
    p99_later_ms: float
    delivered_less: float


def medians(runs):
    return Figures(*map(statistics.median, zip(*runs)))


def compare(before, after):
    """Run i of both stems from the same round, so that what drifts from round to round cancels."""
    pairs = list(zip(before, after, strict=True))
    ratios = [a.cpu_us / b.cpu_us for b, a in pairs]
    return Comparison(
        *statistics.quantiles(ratios, n=4, method="inclusive"),
        statistics.median((a.p50_us - b.p50_us) / 1e3 for b, a in pairs),
        statistics.median((a.p99_us - b.p99_us) / 1e3 for b, a in pairs),
        statistics.median(b.delivered_percent - a.delivered_percent for b, a in pairs))


def excesses(c):
    """What is worse than allowed, a phrase each; empty: the build is no worse."""
    found = []
    if c.lower_quartile > CPU_RATIO:
        found.append(f"lower quartile of the CPU ratios {c.lower_quartile:.4f} > {CPU_RATIO}")
    if c.p50_later_ms > P50_LATER_MS:
        found.append(f"p50 {c.p50_later_ms:.3f} ms later > {P50_LATER_MS} ms")
    if c.p99_later_ms > P99_LATER_MS:
        found.append(f"p99 {c.p99_later_ms:.3f} ms later > {P99_LATER_MS} ms")
    if c.delivered_less > DELIVERED_LESS:
        found.append(f"{c.delivered_less:.2f} % less delivered > {DELIVERED_LESS} %")
    return found


def shown(value, digits):
    """What was not measured is not a number."""
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def medians_table(runs):
    """`runs`: for each point the runs of each server by its name. "peer" is what others cost, and
    "peer datagrams" what theirs do."""
    lines = ["| N,S | server | CPU us | of peer | p50 us | p99 us | delivered % | KiB/connection |",
             "|---|---|---|---|---|---|---|---|"]
    for point, servers in runs.items():
        of = {name: medians(figures) for name, figures in servers.items()}
        for name, m in of.items():
            peer = of.get("peer datagrams" if name.endswith("datagrams") else "peer")
            share = f"{m.cpu_us / peer.cpu_us:.2f}" if peer else "-"
            lines.append(f"| {point} | {name} | {m.cpu_us:.1f} | {share} | {shown(m.p50_us, 0)} | "
                         f"{shown(m.p99_us, 0)} | {shown(m.delivered_percent, 2)} | "
                         f"{shown(m.kib_per_connection, 1)} |")
    return "\n".join(lines)


def comparisons_table(comparisons):
    """`comparisons`: a Comparison for each point and variant."""
    lines = ["| N,S | comcat | CPU after/before | quartiles | p50 ms | p99 ms | less delivered % |",
             "|---|---|---|---|---|---|---|"]
    for (point, variant), c in comparisons.items():
        lines.append(f"| {point} | {variant} | {c.cpu_ratio:.3f} | {c.lower_quartile:.3f} "
                     f"{c.upper_quartile:.3f} | {c.p50_later_ms:+.2f} | {c.p99_later_ms:+.2f} | "
                     f"{c.delivered_less:+.2f} |")
    return "\n".join(lines)


def verdicts(comparisons):
    return "\n".join(f"{point} {variant}: {', '.join(excesses(c)) or 'no worse'}"
                     for (point, variant), c in comparisons.items())
