"""SketchBench: what stays and what changes when a picture is edited, by each tool alone and by the house's choice.

`python -m minidalle3.eval.consistency [--quick] [--split tuning] [--processes N] [--sheet FILE]`. Every picture is
drawn in 12 steps. An edit has *happened* when the judges find every word that it changes; the rest has *stayed* when
they find every other word as in the source, and the picture outside of the true mask is as in the source, within 25 dB;
*joint* is the share of edits of which both hold. `node_joint`: of the house's choice. `best_single_joint`: of the best
tool alone. `p2p_background_psnr` and `plain_background_psnr`, in dB: outside of the mask, of local edits of rendered
scenes. `ip_identity`: share of edits of something else after which the judge finds the same subject in IP-Adapter's
picture. `joint_after_N`: of chains of N local edits by the house's choice; `chain10_psnr_drop`, in dB: by how much
farther from the source the background is after ten of them than after one.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import fmean

from pydantic import JsonValue

from minidalle3.eval.edit_scores import AFTER, scored
from minidalle3.eval.edit_sheet import sheet
from minidalle3.eval.editing import SINGLE, Studio
from minidalle3.eval.edits import TURNS, TYPES, Edit, chains, edits
from minidalle3.eval.report import parser, report
from minidalle3.eval.sketchbook import HABIT
from minidalle3.eval.verdict import COLUMNS, Score

STEPS, QUICK_STEPS = 12, 4


def mean(values: Iterable[float | None]) -> float | None:
    """Of those that there are."""
    there = [value for value in values if value is not None]
    return fmean(there) if there else None


def table(scores: Sequence[Score]) -> dict[str, dict[str, dict[str, float | None]]]:
    """Method -> type of edit, or `all` -> column -> mean."""
    return {
        method: {
            type: {name: mean(column(score) for score in mine) for name, column in COLUMNS.items()}
            for type in (*TYPES, "all")
            if (mine := [one for one in scores if one.method == method and type in (one.edit.type, "all")])
        }
        for method in dict.fromkeys(score.method for score in scores)
    }


def shown(means: dict[str, dict[str, dict[str, float | None]]]) -> str:
    """The table for the screen."""
    lines = []
    for method, types in means.items():
        lines.append(f"{method:<18}" + "".join(f"{name:>12}" for name in COLUMNS))
        for type, row in types.items():
            values = ("-" if value is None else f"{value:.3g}" for value in row.values())
            lines.append(f"  {type:<16}" + "".join(f"{value:>12}" for value in values))
    return "\n".join(lines)


def figures(scores: Sequence[Score], after: dict[int, list[Score]]) -> tuple[dict[str, float | None], dict[str, str]]:
    """The keys of the results, and what is to be said of some of them."""
    joint = {name: mean(one.joint for one in scores if one.method == name) for name in (*SINGLE, "node", "truth")}
    singles = {name: share for name in SINGLE if (share := joint[name]) is not None}
    best = max(singles, key=lambda name: singles[name])
    local = [one for one in scores if one.edit.local and one.edit.rendered]
    background = {name: mean(one.psnr for one in local if one.method == name) for name in SINGLE}
    kept = [one for one in scores if one.method == "ip_adapter" and one.edit.before.subject == one.edit.after.subject]
    first, last = (mean(one.psnr for one in after[turns]) for turns in (AFTER[0], AFTER[-1]))
    found: dict[str, float | None] = {
        "node_joint": joint["node"],
        "best_single_joint": singles[best],
        "p2p_background_psnr": background["prompt_to_prompt"],
        "plain_background_psnr": background["plain"],
        "ip_identity": mean(one.same_subject for one in kept),
        "chain10_psnr_drop": first - last if first is not None and last is not None else None,
        "truth_joint": joint["truth"],
        **{f"joint_after_{turns}": mean(one.joint for one in scores) for turns, scores in after.items()},
    }
    notes = {
        "best_single_joint": f"of {best}",
        "truth_joint": "of the renders of what was asked for: as far as the judges can be trusted",
        "chain10_psnr_drop": f"of {len(after[TURNS])} chains",
    }
    if not kept:
        notes["ip_identity"] = "the weights have no IP-Adapter: no folder ip_adapter"
    if all(one.clip_whole is None for one in scores):
        notes["clip"] = "clip_whole and clip_edited are empty: the weights have no CLIP"
    return found, notes


def benchmark(quick: bool, split: str, processes: int) -> None:
    every, turns = edits(split), chains(split)
    chosen = (few(every), turns[:1], QUICK_STEPS) if quick else (every, turns, STEPS)
    found = scored(*chosen, processes)
    means = table(found.edits)
    print(shown(means))
    tools: dict[str, JsonValue] = {}
    for (type, tool), count in sorted(found.chosen.items()):
        print(f"chosen for {type:<12}{tool:<18}{count:>4}")
        tools[f"{type}: {tool}"] = count
    keys, notes = figures(found.edits, found.chains)
    name = "consistency" if split == "held_out" else f"consistency.{split}"
    report(name, keys, quick, notes, {"edits": len(found.edits), "table": means, "chosen": tools})


async def draw_sheet(split: str, target: Path) -> None:
    """Drawn as a person would have them drawn."""
    with tempfile.TemporaryDirectory() as home:
        studio = Studio.opened(Path(home), HABIT.steps)
        try:
            (await sheet(studio, few(edits(split)))).quantize(255).save(target, optimize=True)
        finally:
            studio.close()


def few(every: Sequence[Edit]) -> list[Edit]:
    """One of each type: a photo, a drawing, and so on."""
    return [every[at + len(TYPES) * (at % 2)] for at in range(len(TYPES))]


def cores() -> int:
    """That this process may use, and has memory for."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def main() -> None:
    options = parser("What stays and what changes when a picture is edited.")
    options.add_argument("--split", choices=("held_out", "tuning"), default="held_out", help="tune on the tuning split")
    options.add_argument("--sheet", type=Path, help="draw a sheet of befores and afters to this file, and nothing else")
    options.add_argument("--processes", type=int, default=cores(), help="that share the work; unset, one for each core")
    chosen = options.parse_args()
    if chosen.sheet:
        asyncio.run(draw_sheet(chosen.split, chosen.sheet))
        print(chosen.sheet)
    else:
        benchmark(chosen.quick, chosen.split, chosen.processes)


if __name__ == "__main__":
    main()
