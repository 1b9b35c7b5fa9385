"""SketchBench's verdicts: a perfect edit passes, no edit and another picture fail; and its figures, added up."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from tqdm import tqdm

from minidalle3.eval.consistency import figures, shown, table
from minidalle3.eval.edit_scores import AFTER, Scores, edited, scored
from minidalle3.eval.edit_sheet import GAP, HEAD, SAID, SIDE, sheet
from minidalle3.eval.editing import SINGLE, Studio
from minidalle3.eval.edits import Edit, changed_part, edits
from minidalle3.eval.judges import Judges
from minidalle3.eval.random_adapter import random_adapter
from minidalle3.eval.verdict import Jury, Score
from minidalle3.sketchbook.world.learnt import LEARNT
from minidalle3.sketchbook.world.scene import caption
from minidalle3.sketchbook.world.scenes import render


@pytest.fixture(scope="module")
def jury() -> Jury:
    return Jury(Judges.load(), None)


def photo(type: str) -> Edit:
    return next(edit for edit in edits("tuning") if edit.type == type and edit.rendered)


def verdict(jury: Jury, edit: Edit, after: Image.Image) -> Score:
    return jury.score(edit, "plain", render(edit.before, edit.seed).image, after, changed_part(edit))


def test_truth_passes_and_nothing_and_anything_else_fail(jury: Jury) -> None:
    chosen = [edit for edit in edits("tuning") if edit.rendered and edit.type in ("background", "content", "colour")]
    truths = [verdict(jury, edit, render(edit.after, edit.seed).image) for edit in chosen]
    assert sum(one.joint for one in truths) >= 0.4 * len(truths), "as far as the judges can be trusted"
    idle = [verdict(jury, edit, render(edit.before, edit.seed).image) for edit in chosen]
    assert all(one.stayed and one.same_subject for one in idle)
    assert sum(one.happened for one in idle) <= 0.3 * len(idle)
    colour = photo("colour")
    elsewhere = verdict(jury, colour, render(colour.after, colour.seed + 1).image)
    assert not elsewhere.stayed and (elsewhere.psnr or 0) < 25, "the right words on other ground"
    assert elsewhere.clip_whole is elsewhere.clip_edited is None


def score(method: str, edit: Edit, joint: bool, psnr: float | None = None) -> Score:
    return Score(edit, method, joint, True, joint, 0.1, psnr, None, None, None, None)


def test_the_figures_add_up() -> None:
    colour, style = photo("colour"), photo("style")
    drawn = replace(colour, rendered=False)
    scores = [
        score("plain", colour, False, 12), score("prompt_to_prompt", colour, True, 32),
        score("prompt_to_prompt", drawn, False, 10), score("prompt_to_prompt", style, False),
        score("plain", style, True), score("node", colour, True, 32), score("node", style, True),
    ]  # fmt: skip
    after = {1: [score("node", colour, True, 40)], 10: [score("node", colour, False, 39.5)]}
    found, notes = figures(scores, after)
    assert (found["node_joint"], found["best_single_joint"]) == (1, 0.5)
    assert notes["best_single_joint"] == "of plain"
    assert (found["p2p_background_psnr"], found["plain_background_psnr"]) == (32, 12)
    assert found["chain10_psnr_drop"] == pytest.approx(0.5)
    assert (found["joint_after_1"], found["joint_after_10"]) == (1, 0)
    assert found["ip_identity"] is None and "IP-Adapter" in notes["ip_identity"]
    assert "clip" in notes
    means = table(scores)
    assert means["prompt_to_prompt"]["all"]["joint"] == pytest.approx(1 / 3)
    assert means["plain"]["style"]["psnr"] is None
    assert "prompt_to_prompt" in shown(means) and "style" in shown(means)
    seen, _ = figures([*scores, score("ip_adapter", style, True)], after)
    assert seen["ip_identity"] == 1


async def test_the_tools_and_the_nodes_draw_an_edit_and_it_is_shown(tmp_path: Path) -> None:
    studio = Studio.opened(tmp_path, 2)
    try:
        edit = replace(photo("colour"), rendered=False)
        picture = await sheet(studio, [edit])
        source = await studio.source(edit)
        tools = await studio.tools()
        assert picture.size == (SAID + (SIDE + GAP) * (1 + len(tools)) + GAP, HEAD + SIDE + GAP)
        made, tool = await studio.chosen(edit, {"#1": source})
        assert (made["parent"], made["id"], tool) == ("#1", "#2", "prompt_to_prompt")
        alone = await studio.alone("masactrl", edit, source)
        assert alone.size == (128, 128) and alone != studio.image(source["digest"])
    finally:
        studio.close()


async def test_an_adapter_is_measured_and_chosen_as_soon_as_there_is_one(tmp_path: Path, jury: Jury) -> None:
    moved = next(edit for edit in edits("tuning") if edit.type == "background" and not edit.rendered)
    scene = replace(moved.after, action="running" if moved.before.action != "running" else "jumping")
    edit = replace(moved, after=scene, captions=(moved.captions[0], caption(scene)), said="let it run there")
    adapter = random_adapter(LEARNT.parent / "unet", tmp_path / "adapter")
    studio, found = Studio.opened(tmp_path, 2, ip_adapter=str(adapter)), Scores()
    try:
        with tqdm(total=1, disable=True) as bar:
            await edited(studio, jury, [edit], found, bar)
        assert {one.method for one in found.edits} == {*SINGLE, "node"}
        assert found.chosen == {("background", "ip_adapter"): 1}
        keys, notes = figures(found.edits, found.chains)
        assert keys["ip_identity"] is not None and "ip_identity" not in notes
    finally:
        studio.close()


def test_processes_share_the_work() -> None:
    chosen = [replace(edit, rendered=False) for edit in edits("tuning") if edit.type == "colour"][:2]
    found = scored(chosen, [], 2, 2)
    assert sorted(one.edit.said for one in found.edits if one.method == "node") == sorted(each.said for each in chosen)
    assert found.chosen.total() == 2 and found.chains.keys() == {*AFTER}
