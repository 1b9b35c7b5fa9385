"""The page in a real browser: what only a browser shows."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from support.browser import chromium, serving
from support.swatch import Pace
from support.tabs import until

from minidalle3.gallery.provenance import extract
from minidalle3.gallery.recipes import recipe_from_json
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.demo import FIGURES
from minidalle3.ui.page import IDEAS

PATIENCE = 120_000
PHONE = {"width": 375, "height": 740}
SHIFTS = """
window.shifts = 0;
const aside = at => at.node && (at.node.parentElement || at.node).closest("[data-testid=stSidebar]");
new PerformanceObserver(list => {
  for (const shift of list.getEntries()) if (!shift.sources.every(aside)) window.shifts += shift.value;
}).observe({type: "layout-shift", buffered: true});
"""
"""In the conversation: in the sidebar, what is below the pictures makes room for the first."""
RESTED = """async () => {
  await document.fonts.ready;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  window.shifts = 0;
}"""
"""What moved while the page was built does not count."""
SEAT = """one => {
  const here = one.getBoundingClientRect(), first = document.querySelector("[data-testid=stChatMessage]");
  const up = first.getBoundingClientRect().y;
  const [x, y, width, height] = [here.x, here.y - up, here.width, here.height].map(Math.round);
  return {x, y, width, height};
}"""
SLOWLY = """
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (kind, heard, ...more) {
  let last = Promise.resolve();
  const later = event => {
    last = last.then(() => new Promise(done => setTimeout(() => { heard.call(this, event); done(); }, 20)));
  };
  listen.call(this, kind, kind === "message" ? later : heard, ...more);
};
"""
"""What the server tells arrives bit by bit, as over a slow line: the browser shows every state between two."""
BUSY = """
const later = window.setTimeout;
window.setTimeout = (act, after, ...more) => later(act, after || 1500, ...more);
"""
"""What a browser under load puts off, such as the sending of a message, comes after the next look at a reply."""
expect.set_options(timeout=PATIENCE)
# Streamlit's server leaves an event loop of its own to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, engine) -> Iterator[Callable[..., Page]]:
    """Opens a conversation in a browser of its own."""
    contexts = []

    def visit(thread: str = "t", host: str = "127.0.0.1", script: str = SHIFTS, **options) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        tab = context.new_page()
        tab.add_init_script(script)
        tab.goto(f"http://{host}:{port}/?thread={thread}")
        return tab

    with serving() as port:
        yield visit
        for context in contexts:
            context.close()


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip.Exception), ("chromium", pytest.fail.Exception)])
def test_without_chromium_tests_are_skipped_or_fail(monkeypatch, required, outcome) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("MINIDALLE3_REQUIRE", required)
    with pytest.raises(outcome, match="apt-get install chromium"), chromium():
        pass


def composer(tab: Page) -> Locator:
    """Where a person writes."""
    return tab.get_by_test_id("stChatInputTextArea")


def say(tab: Page, words: str) -> None:
    """As a person with a keyboard would."""
    composer(tab).focus()
    tab.keyboard.type(words)
    tab.keyboard.press("Enter")


def answered(tab: Page, house: Bridge, count: int) -> None:
    """Wait until all of so many messages have their replies."""
    expect(tab.get_by_label("Chat message from assistant")).to_have_count(count)
    until(lambda: house.history("t")["running"] is None)


def drawn(tab: Page, description: str) -> Locator:
    """A picture in the conversation, by what a screen reader says of it."""
    return tab.get_by_role("main").get_by_role("img", name=description, exact=True)


def talk(house: Bridge, *words: str) -> None:
    for said in words:
        list(house.events(house.start("t", said)))


def test_the_conversation_of_figure_1_goes_on_with_a_photo(visit, house, tmp_path: Path) -> None:
    tab = visit()
    lines = [line for part in FIGURES["figure-1"].values() for line in part]
    for count, line in enumerate(lines, 1):
        say(tab, line)
        answered(tab, house, count)
    history = house.history("t")
    assert [turn["words"] for turn in history["turns"]] == lines
    assert len(history["pictures"]) >= 4
    for record in history["pictures"].values():
        expect(drawn(tab, record["description"]).first).to_be_visible()
    Image.new("RGB", (30, 20), "red").save(tmp_path / "me.png")
    with tab.expect_response(lambda response: "upload_file" in response.url):  # until then nothing can be sent
        tab.locator("input[type=file]").last.set_input_files(tmp_path / "me.png")
    expect(tab.get_by_text("me.png")).to_be_visible()
    say(tab, "This is my dog")
    expect(tab.get_by_text("your photo")).to_be_visible()
    say(tab, "Make it a watercolor")
    answered(tab, house, len(lines) + 2)
    photo, change = list(house.history("t")["pictures"].values())[-2:]
    assert (photo["kind"], change["parent"]) == ("photo", photo["id"])


def test_a_drawing_is_watched_and_outlives_a_reload(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit()
    tab.get_by_role("button", name=IDEAS[0]).click()
    expect(tab.get_by_text("getting ready")).to_be_visible()
    engine.gate.steps.release(2)
    expect(tab.get_by_text("step 2 of 4")).to_be_visible()
    expect(drawn(tab, "a cute dog")).to_be_visible()
    expect(tab.get_by_text("here is a cute dog")).to_be_visible()
    tab.reload()
    expect(tab.get_by_text("step 2 of 4")).to_be_visible()
    engine.gate.set()
    expect(tab.get_by_text("new picture")).to_be_visible()
    expect(drawn(tab, "a cute dog")).to_have_count(1)
    expect(tab.get_by_role("progressbar")).to_have_count(0)


def test_stop_is_heard_before_the_next_step_and_typing_goes_on(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit()
    say(tab, "Draw a cute dog")
    engine.gate.steps.release(1)
    expect(tab.get_by_text("step 1 of 4")).to_be_visible()
    expect(composer(tab)).to_be_focused()
    tab.get_by_role("button", name="Stop").click()
    expect(tab.get_by_text("Stopped")).to_be_visible()
    expect(tab.get_by_role("button", name="Stop")).to_have_count(0)
    assert engine.gate.steps.acquire(blocking=False) is False
    engine.gate.set()
    say(tab, "Draw a cat")
    expect(drawn(tab, "a cat")).to_be_visible()


def test_a_message_that_a_refresh_takes_along_is_said_once(visit, house, engine) -> None:
    engine.gate = Pace()
    tab = visit(script=BUSY)
    say(tab, "Draw a cute dog")
    expect(tab.get_by_text("getting ready")).to_be_visible()
    say(tab, "Hello")
    expect(tab.get_by_text("answered next")).to_be_visible()
    engine.gate.set()
    answered(tab, house, 2)
    tab.wait_for_timeout(1000)  # for what should not come
    assert [turn["words"] for turn in house.history("t")["turns"]] == ["Draw a cute dog", "Hello"]


def test_what_is_being_typed_stays_when_a_drawing_begins_and_ends(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit(script=SLOWLY)
    box = composer(tab)
    say(tab, "Draw a cute dog")
    tab.keyboard.type("Draw a cat")
    expect(tab.get_by_text("getting ready")).to_be_visible()
    expect(box).to_have_value("Draw a cat")
    expect(box).to_be_focused()
    engine.gate.set()
    expect(tab.get_by_role("button", name="Open #1")).to_be_visible()
    expect(tab.get_by_role("button", name="Stop")).to_have_count(0)
    expect(box).to_have_value("Draw a cat")
    expect(box).to_be_focused()
    tab.keyboard.press("Enter")
    expect(drawn(tab, "a cat")).to_be_visible()


def test_settings_stay_open_and_keep_what_is_typed_when_the_first_picture_comes(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit(script=SLOWLY)
    say(tab, "Draw a cute dog")
    expect(tab.get_by_text("getting ready")).to_be_visible()
    tab.get_by_text("Settings", exact=True).click()
    steps = tab.get_by_role("spinbutton", name="Steps")
    steps.focus()
    tab.keyboard.type("7")
    engine.gate.set()
    expect(tab.get_by_role("tree")).to_be_visible()
    expect(tab.get_by_role("button", name="Stop")).to_have_count(0)
    expect(steps).to_be_focused()
    expect(steps).to_have_value("7")


def drop(tab: Page, file: Path) -> None:
    """As a mouse does that carries a file over the composer."""
    place = composer(tab).bounding_box()
    assert place
    hand = tab.context.new_cdp_session(tab)
    data = {"items": [], "files": [str(file)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        hand.send("Input.dispatchDragEvent", {"type": kind, "x": place["x"] + 9, "y": place["y"] + 9, "data": data})


def sent(tab: Page, file: Path, words: str) -> None:
    """Dropped, and sent with words when it has gone up."""
    with tab.expect_response(lambda response: "upload_file" in response.url):
        drop(tab, file)
    expect(tab.get_by_text(file.name)).to_be_visible()
    say(tab, words)


def test_a_photo_is_dropped_on_the_composer_and_what_is_none_is_told(visit, house, tmp_path: Path) -> None:
    (tmp_path / "evil.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    Image.new("RGB", (30, 20), "red").save(tmp_path / "me.jpg")
    tab = visit()
    composer(tab).wait_for()
    sent(tab, tmp_path / "evil.svg", "Look *here*")
    expect(tab.get_by_text("Send it as PNG, JPEG, WebP or GIF.")).to_be_visible()
    expect(tab.get_by_text("Not sent: Look *here*")).to_be_visible()
    sent(tab, tmp_path / "me.jpg", "This is my dog")
    expect(tab.get_by_text("your photo")).to_be_visible()
    expect(tab.get_by_text("Not sent")).to_have_count(0)
    assert [record["kind"] for record in house.history("t")["pictures"].values()] == ["photo"]


def test_two_visitors_at_once_find_their_own_again(visit, house, engine) -> None:
    engine.gate = Pace()
    talk_of_the_house = "Hello, this is private"
    list(house.events(house.start("t", talk_of_the_house)))
    one, other = visit(host="visitors.localhost"), visit(host="visitors.localhost")
    say(one, "Draw a cute dog")
    expect(one.get_by_text("getting ready")).to_be_visible()
    say(other, "Draw a cat")
    expect(other.get_by_label("Chat message from assistant")).to_be_visible()
    engine.gate.set()
    expect(drawn(one, "a cute dog")).to_be_visible()
    expect(drawn(other, "a cat")).to_be_visible()
    one.reload()
    expect(drawn(one, "a cute dog")).to_be_visible()
    expect(one.get_by_test_id("stSidebar").get_by_role("button", name="Draw a cute dog")).to_be_visible()
    for text in ("Draw a cat", talk_of_the_house):
        expect(one.get_by_text(text)).to_have_count(0)
    assert len(engine.threads) == 1, "one model draws for both"


def test_a_phone_shows_it_all_without_scrolling_sideways(visit, house) -> None:
    tab = visit(viewport=PHONE, color_scheme="light", has_touch=True)
    say(tab, "Show me four different castles")
    pictures = tab.get_by_role("main").get_by_role("img")
    expect(tab.get_by_role("button", name="Pick")).to_have_count(4)
    expect(pictures).to_have_count(4)
    places = [seat(one) for one in pictures.all()]
    assert places[0]["y"] == places[1]["y"] < places[2]["y"] == places[3]["y"], "two in a row"
    for scheme, colour in (("light", "rgb(250, 248, 245)"), ("dark", "rgb(23, 22, 20)")):
        tab.emulate_media(color_scheme=scheme)
        expect(tab.locator(".stApp")).to_have_css("background-color", colour)
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert all(box["x"] + box["width"] <= PHONE["width"] for box in (one.bounding_box() for one in pictures.all()))
        assert all(one.get_attribute("alt") for one in pictures.all())
    tab.get_by_role("button", name="Pick #3").tap()
    expect(tab.get_by_label("Chat message from assistant")).to_have_count(2)
    expect(pictures).to_have_count(5)
    until(lambda: house.history("t")["current"] == "#3")


def test_four_are_drawn_side_by_side_and_stay_there(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit()
    say(tab, "Show me four different castles")
    places, pictures = tab.locator(".sketch"), tab.get_by_role("main").get_by_role("img")
    expect(places).to_have_count(4)
    before = [seat(place) for place in places.all()]
    assert len({box["y"] for box in before}) == 1
    assert len({box["x"] for box in before}) == 4
    engine.gate.set()
    expect(tab.get_by_role("button", name="Pick")).to_have_count(4)
    until(lambda: [seat(picture) for picture in pictures.all()] == before)


def seat(element: Locator) -> dict[str, int]:
    """Where something is and how large, as seen from the first message: the page scrolls to the newest words.

    Both are read at one moment, else a scroll between two readings would count as a jump.
    """
    found: dict[str, int] = element.evaluate(SEAT)
    return found


def test_nothing_jumps_while_a_picture_is_drawn_and_when_it_is_there(visit, engine) -> None:
    engine.gate = Pace()
    tab = visit()
    say(tab, "Draw a cute dog")
    expect(tab.get_by_text("getting ready")).to_be_visible()
    tab.evaluate(RESTED)
    place, picture = seat(tab.locator(".sketch")), drawn(tab, "a cute dog")
    for step in (1, 2, 3):
        engine.gate.steps.release()
        expect(tab.get_by_text(f"step {step} of 4")).to_be_visible()
        until(lambda: seat(picture) == place)
    assert tab.evaluate("window.shifts") < 0.01
    engine.gate.set()
    expect(tab.get_by_role("button", name="Open #1")).to_be_visible()
    expect(tab.get_by_role("button", name="Stop")).to_have_count(0)
    until(lambda: seat(picture) == place)
    assert tab.evaluate("window.shifts") < 0.05


def shows(stage: Locator, colour: tuple[int, int, int]) -> bool:
    """Whether that is what one sees in its upper left quarter."""
    seen = Image.open(io.BytesIO(stage.screenshot())).convert("RGB")
    found = seen.getpixel((seen.width // 4, seen.height // 4))
    return all(abs(a - b) <= 3 for a, b in zip(found, colour, strict=True))


def test_the_slider_moves_by_keyboard_and_downloads_hold_the_recipe(visit, house, tmp_path: Path) -> None:
    talk(house, "Draw a cute dog", "Make it run near the river")
    records = house.history("t")["pictures"]
    tab = visit()
    tab.get_by_role("button", name="Open #2").click()
    for name, suffix in (("PNG", ".png"), ("Recipe", ".json")):
        with tab.expect_download() as waiting:
            tab.get_by_role("button", name=name, exact=True).click()
        assert waiting.value.suggested_filename.endswith(suffix)
        waiting.value.save_as(tmp_path / name)
    data, text = (tmp_path / "PNG").read_bytes(), (tmp_path / "Recipe").read_text("utf-8")
    assert data == house.gallery.read(records["#2"]["digest"])
    assert recipe_from_json(text) == json.loads(text) == extract(data)
    tab.get_by_role("tab", name="Before and after").click()
    slider, stage = tab.get_by_role("slider", name="How much of #1 is shown"), tab.locator(".stage")
    expect(tab.get_by_alt_text("#2: a cute dog running near the river")).to_be_visible()
    slider.focus()
    before, after = (house.gallery.image(records[id]["digest"]).getpixel((5, 5)) for id in ("#1", "#2"))
    assert before != after
    for key, at, seen in (("End", "100", before), ("Home", "0", after)):
        slider.press(key)
        expect(slider).to_have_value(at)
        until(lambda seen=seen: shows(stage, seen))
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1 %")


def test_the_tree_is_walked_by_keyboard_and_a_click_goes_back(visit, house) -> None:
    talk(house, "Draw a cute dog", "Make it run near the river", "go to #1", "Make it red", "Draw a cat")
    tab = visit(viewport=PHONE)
    tab.get_by_test_id("stExpandSidebarButton").click()
    tree = tab.get_by_role("tree", name="Version tree")
    items = tree.get_by_role("treeitem")
    expect(items).to_have_count(4)
    expect(tree.locator("img.thumb")).to_have_count(4)
    current = tree.locator("[aria-current=true]")
    expect(current).to_have_attribute("aria-label", "#4 a cat (current)")
    current.focus()
    tab.keyboard.press("Home")
    tab.keyboard.press("ArrowRight")
    expect(items.nth(1)).to_be_focused()
    tab.keyboard.press("ArrowLeft")
    expect(items.nth(0)).to_be_focused()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tree.locator("[aria-selected=true]")).to_have_attribute("aria-label", "#2 a cute dog running near the river")
    box = tree.bounding_box()
    assert box
    assert all(item.bounding_box()["width"] <= box["width"] + 1 for item in items.all()), "nothing is cut off"
    items.nth(0).click()
    expect(tree.locator("[aria-selected=true]")).to_have_attribute("aria-label", "#1 a cute dog")
    tab.get_by_role("button", name="Go back to it").click()
    expect(current).to_have_attribute("aria-label", "#1 a cute dog (current)")
    assert house.history("t")["current"] == "#1"
