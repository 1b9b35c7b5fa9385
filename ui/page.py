"""The page: renders the events of the front door in Streamlit, and nothing else."""

from __future__ import annotations

from importlib.resources import files

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from minidalle3.gallery.store import PhotoError, PictureError
from minidalle3.graph.past import History
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Part, PictureRecord
from minidalle3.llms.errors import LLMError
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.drawing import PREVIEW, Canvas, figure, note, plain
from minidalle3.ui.notice import bigger, models
from minidalle3.ui.talk import new_thread

PHOTOS = ["png", "jpg", "jpeg", "webp", "gif"]
IDEAS = ["Draw a cute dog", "Show me a sticker of a cat on the beach", "What can you draw?"]


@st.cache_resource(show_spinner="Opening…")
def front_door() -> Bridge:
    """One for all sessions of the server."""
    return Bridge(Settings())


def main(house: Bridge) -> None:
    """One run of the script: the thread as it stands, the turn under way if there is one, and the input."""
    thread = chosen_thread()
    sidebar(house, thread)
    history = house.history(thread)
    for turn in history["turns"]:
        if turn["words"] or turn["photos"]:
            with st.chat_message("user"):
                person(house, turn["words"], turn["photos"], history)
        if turn["reply"]:
            with st.chat_message("assistant"):
                assistant(house, turn["reply"], history["pictures"])
        elif not history["running"]:
            st.info("This is being answered in another window or program. Reload to see the reply.")
    place = st.empty()
    idea = None if history["turns"] or history["running"] else welcome(place)
    asked = st.chat_input(
        "Say what you would like to see",
        accept_file="multiple",
        file_type=PHOTOS,
        disabled=history["running"] is not None,
        submit_mode="disable",
    )
    if history["running"]:
        follow(house, history["running"])
    elif asked or idea:
        place.empty()
        text, photos = (asked.text, asked.files) if asked else (idea or "", [])
        begin(house, thread, text, [photo.getvalue() for photo in photos])


def chosen_thread() -> str:
    """Kept in the address, so that a reload comes back to it."""
    if "thread" not in st.query_params:
        st.query_params["thread"] = new_thread()
    return st.query_params["thread"]


def sidebar(house: Bridge, thread: str) -> None:
    """The conversations, and what runs."""
    with st.sidebar:
        st.title("Mini-DALLE3")
        st.button("New conversation", icon=":material/add:", on_click=go_to, args=(new_thread(),), width="stretch")
        for info in house.threads():
            here = info["thread"] == thread
            st.button(
                plain(info["title"]) or "A photo",
                key=f"thread {info['thread']}",
                type="secondary" if here else "tertiary",
                on_click=go_to,
                args=(info["thread"],),
                width="stretch",
            )
        st.divider()
        st.caption(models(house.settings))
        for hint in bigger(house.settings):
            st.caption(hint)


def go_to(thread: str) -> None:
    """Show another conversation."""
    st.query_params["thread"] = thread


def welcome(place: DeltaGenerator) -> str | None:
    """An empty conversation; the idea that was picked, if one was."""
    with place.container():
        st.header("What shall I draw?")
        st.write("Talk as you would to a person who draws. Ask for changes, and go back to what you liked better.")
        return st.pills("For example", IDEAS, label_visibility="collapsed")


def person(house: Bridge, words: str, photos: list[str], history: History) -> None:
    """What the person said and sent."""
    st.markdown(plain(words))
    for id in photos:
        if id in history["pictures"]:
            picture(house, history["pictures"][id])


def assistant(house: Bridge, reply: list[Part], pictures: dict[str, PictureRecord]) -> None:
    """A finished reply, its parts in the order written; pictures that follow one another side by side."""
    row: list[PictureRecord] = []
    for part in reply:
        if part["type"] == "picture":
            row.append(pictures[part["id"]])
            continue
        side_by_side(house, row)
        row = []
        if part["type"] == "text":
            st.markdown(part["text"])
        else:
            note(st, part["text"])
    side_by_side(house, row)


def side_by_side(house: Bridge, row: list[PictureRecord]) -> None:
    """Pictures in one row that wraps."""
    if row:
        with st.container(horizontal=True):
            for record in row:
                picture(house, record)


def picture(house: Bridge, record: PictureRecord) -> None:
    """A finished picture, or why it cannot be shown."""
    try:
        figure(record, house.gallery)
    except PictureError as error:
        st.warning(f"{record['id']}: {error}")


def begin(house: Bridge, thread: str, text: str, photos: list[bytes]) -> None:
    """Start a turn and show it; a photo is shown only after the front door has let it in."""
    with st.chat_message("user"):
        st.markdown(plain(text))
        try:
            turn = house.start(thread, text, photos)
        except PhotoError as error:
            st.error(str(error))
            return
        for photo in photos:
            st.image(photo, width=PREVIEW)
    follow(house, turn)


def follow(house: Bridge, turn: str) -> None:
    """Show a turn under way until it is over, then the thread as it was saved."""
    with st.chat_message("assistant"):
        canvas = Canvas(house.gallery)
        st.button("Stop", icon=":material/stop_circle:", key=f"stop {turn}", on_click=house.stop, args=(turn,))
        for event in house.events(turn):
            canvas.show(event)
    st.rerun()


def run() -> None:
    """The page over the house that the settings describe, or what is wrong with them."""
    st.set_page_config("Mini-DALLE3", (files("minidalle3.ui") / "icon.svg").read_text("utf-8"))
    try:
        house = front_door()
    except LLMError as error:
        st.error(str(error))
        return
    main(house)


if __name__ == "__main__":
    run()
