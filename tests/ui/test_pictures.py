"""A picture in the conversation, and the dialog with all that is known of it and can be done with it."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw
from streamlit.testing.v1 import AppTest
from support.lying import lies
from support.tabs import opened, settled

from minidalle3.gallery.recipes import Recipe
from minidalle3.graph.state import PictureRecord
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.panel import highlighted
from minidalle3.ui.text import plain


def talk(house: Bridge, *words: str) -> None:
    for said in words:
        list(house.events(house.start("t", said)))


def looked_at(house: Bridge, id: str = "#1") -> AppTest:
    """The page with a picture's dialog open."""
    tab = opened(house)
    tab.button(key=f"open {id} 1").click().run()
    assert not tab.exception
    return tab


def press(tab: AppTest, label: str) -> AppTest:
    """A button of the dialog, and wait for what it began."""
    next(button for button in tab.button if button.label == label and not button.disabled).click().run()
    return settled(tab)


def pictures(house: Bridge) -> dict[str, PictureRecord]:
    return house.history("t")["pictures"]


def recipe(house: Bridge, id: str) -> Recipe:
    found = house.gallery.recipe(pictures(house)[id]["digest"])
    assert found
    return found


def told(tab: AppTest) -> str:
    return "\n".join(one.value for one in [*tab.markdown, *tab.caption])


def test_a_click_opens_the_three_texts_and_the_origin(house) -> None:
    talk(house, "Draw a cute dog", "Make it run near the river")
    tab = looked_at(house, "#2")
    drawn = recipe(house, "#2")
    assert "**You said**  \nMake it run near the river" in told(tab)
    assert "**Description**  \na cute dog running near the river" in told(tab)
    assert f"**Prompt sent**  \n{drawn['prompt']}" in told(tab)
    assert f"of \\#1 · text\\_to\\_image · seed {drawn['seed']}" in told(tab)
    assert plain(pictures(house)["#2"]["reason"]) in told(tab)
    assert [one.label for one in tab.tabs] == ["Picture", "Before and after"]
    ways = {one.label: one.help for one in tab.button}
    assert all(ways[label] for label in ("Edit from here", "More like this", "Refine", "Pick"))


def test_edit_from_here_makes_it_the_current_one(house) -> None:
    talk(house, "Draw a cute dog", "Make it run near the river")
    tab = press(looked_at(house), "Edit from here")
    assert house.history("t")["current"] == "#1"
    assert "You are at \\#1" in told(tab) or "You are at #1" in told(tab)
    assert not tab.tabs, "the dialog has made way"
    talk(house, "Make it blue")
    assert pictures(house)["#3"]["parent"] == "#1"


def test_more_like_this_draws_its_description_from_other_seeds(house) -> None:
    talk(house, "Draw a cute dog", "Draw a cat")
    press(looked_at(house), "More like this")
    made = [pictures(house)[id] for id in ("#3", "#4")]
    assert [(one["kind"], one["parent"]) for one in made] == [("vary", "#1")] * 2
    assert all(one["description"].startswith("a cute dog") for one in made)
    assert len({recipe(house, id)["seed"] for id in ("#1", "#3", "#4")}) == 3


def test_more_like_this_draws_as_many_as_the_settings_say(house) -> None:
    talk(house, "Draw a cute dog")
    tab = looked_at(house)
    tab.number_input(key="count").set_value(3).run()
    press(tab, "More like this")
    assert list(pictures(house)) == ["#1", "#2", "#3", "#4"]


def test_refine_draws_it_with_more_steps(house) -> None:
    talk(house, "Draw a cute dog", "Draw a cat")
    press(looked_at(house), "Refine")
    assert (pictures(house)["#3"]["kind"], pictures(house)["#3"]["parent"]) == ("refine", "#1")
    assert recipe(house, "#3")["steps"] == 2 * (recipe(house, "#1")["steps"] or 0)


def test_pick_goes_on_from_it_and_shows_it_again(house) -> None:
    talk(house, "Draw a cute dog", "Draw a cat")
    tab = press(looked_at(house), "Pick")
    assert house.history("t")["current"] == "#1"
    assert len(pictures(house)) == 2
    assert len(tab.main.image) == 3
    tab.button(key="open #1 2").click().run()
    assert tab.tabs


def test_one_of_several_is_picked_below_it(house) -> None:
    talk(house, "Draw three dogs in the snow, as 3 pictures")
    tab = opened(house)
    shown = list(pictures(house))
    assert len(shown) > 1
    tab.button(key=f"pick {shown[1]} 1").click().run()
    settled(tab)
    assert house.history("t")["current"] == shown[1]


@pytest.mark.parametrize("locked", [True, False])
def test_a_prompt_is_changed_in_place_and_drawn_from_its_seed_or_another(house, locked) -> None:
    talk(house, "Draw a cute dog")
    tab = looked_at(house)
    tab.text_area[0].set_value("a dog in a blue coat").run()
    tab.toggle[0].set_value(locked).run()
    press(tab, "Draw it")
    assert recipe(house, "#2")["prompt"] == "a dog in a blue coat"
    assert (recipe(house, "#2")["seed"] == recipe(house, "#1")["seed"]) is locked
    assert pictures(house)["#2"]["parent"] is None


def test_the_same_prompt_and_seed_draw_the_same_picture(house, engine) -> None:
    talk(house, "Draw a cute dog")
    press(looked_at(house), "Draw it")
    assert pictures(house)["#2"]["digest"] == pictures(house)["#1"]["digest"]
    assert len(engine.jobs) == 1, "it is not drawn twice"


def test_an_empty_prompt_is_not_drawn(house) -> None:
    talk(house, "Draw a cute dog")
    tab = looked_at(house)
    tab.text_area[0].set_value("  ").run()
    assert next(button for button in tab.button if button.label == "Draw it").disabled


def test_a_photo_has_no_prompt_to_use_again(house) -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    list(house.events(house.start("t", "This is my dog", [file.getvalue()])))
    tab = looked_at(house)
    assert "30×20 pixels" in told(tab)
    assert not tab.text_area
    assert not [one for one in tab.get("download_button") if one.label == "Recipe"]


def test_where_it_changed_is_shown_over_the_picture(house) -> None:
    talk(house, "Draw a cute dog")
    digest = pictures(house)["#1"]["digest"]
    assert len(looked_at(house).tabs) == 1
    image, drawn = house.gallery.image(digest), house.gallery.recipe(digest)
    assert drawn
    assert house.gallery.put(image, drawn, mask=Image.new("L", image.size, 255)) == digest
    assert [one.label for one in looked_at(house).tabs] == ["Picture", "Where it changed"]


def test_what_did_not_change_is_pale_and_grey() -> None:
    image, mask = Image.new("RGB", (8, 4), "red"), Image.new("L", (8, 4), 0)
    ImageDraw.Draw(mask).rectangle((4, 0, 7, 3), fill=255)
    over = highlighted(image, mask)
    assert over.getpixel((6, 1)) == (255, 0, 0)
    red, green, blue = over.getpixel((1, 1))
    assert red == green == blue


def test_a_picture_whose_file_is_lost_is_told_in_its_dialog(house) -> None:
    talk(house, "Draw a cute dog")
    tab = looked_at(house)
    lies(house.gallery, pictures(house)["#1"]["digest"]).unlink()
    tab.run()
    assert not tab.exception
    assert any("missing from the gallery" in one.value for one in tab.warning)


def test_the_dialog_stays_until_the_picture_is_gone(house) -> None:
    talk(house, "Draw a cute dog", "Draw a cat")
    tab = looked_at(house)
    assert tab.run().tabs
    list(house.events(house.start("t", command={"name": "delete", "target": "#1"})))
    assert not tab.run().tabs
    assert not tab.exception
