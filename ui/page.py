"""The page: renders the events of the front door in Streamlit, and nothing else."""

from __future__ import annotations

from importlib.resources import files

import streamlit as st

from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Part, PictureRecord
from minidalle3.llms.errors import LLMError
from minidalle3.ui import options, threads, uploads, version_tree
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.drawing import Canvas
from minidalle3.ui.language import tr
from minidalle3.ui.open_thread import REFUSED, OpenThread
from minidalle3.ui.pictures import picture, side_by_side
from minidalle3.ui.text import note, plain

IDEAS = ["Draw a cute dog", "Show me a sticker of a cat on the beach", "What can you draw?"]


@st.cache_resource(show_spinner="Opening…")
def front_door() -> Bridge:
    """One for all sessions of the server."""
    return Bridge(Settings())


def main(house: Bridge) -> None:
    """One run of the script: the thread as it stands, the turn under way if there is one, and the input."""
    id = threads.chosen_thread()
    thread = OpenThread(house, id, house.history(id))
    sidebar(thread)
    conversation(thread)
    if not thread.history["turns"] and not thread.busy:
        welcome(thread)
    if refusal := st.session_state.pop(REFUSED, None):
        st.error(refusal)
    composer(thread)
    if running := thread.history["running"]:
        follow(house, running)


def sidebar(thread: OpenThread) -> None:
    """The conversations, this one's pictures, the choices."""
    with st.sidebar:
        st.title(tr("Mini-DALLE3"))
        threads.section(thread.house, thread.id)
        version_tree.section(thread)
        st.divider()
        options.section(thread.house.settings)


def conversation(thread: OpenThread) -> None:
    """What has been said; the reply under way is not among it."""
    for turn in thread.history["turns"]:
        if turn["words"] or turn["photos"]:
            with st.chat_message("user"):
                person(thread, turn["words"], turn["photos"])
        if turn["reply"]:
            with st.chat_message("assistant"):
                assistant(thread, turn["reply"])
        elif not thread.busy:
            st.info(tr("This is being answered in another window or program. Reload to see the reply."))


def person(thread: OpenThread, words: str, photos: list[str]) -> None:
    """What the person said and sent."""
    st.markdown(plain(words))
    for id in photos:
        if id in thread.history["pictures"]:
            picture(thread, thread.history["pictures"][id])


def assistant(thread: OpenThread, reply: list[Part]) -> None:
    """A finished reply, its parts in the order written; pictures that follow one another side by side."""
    row: list[PictureRecord] = []
    for part in reply:
        if part["type"] == "picture":
            row.append(thread.history["pictures"][part["id"]])
            continue
        side_by_side(thread, row)
        row = []
        if part["type"] == "text":
            st.markdown(part["text"])
        else:
            note(st, part["text"])
    side_by_side(thread, row)


def welcome(thread: OpenThread) -> None:
    """An empty conversation, with ideas that can be picked."""
    st.header(tr("What shall I draw?"))
    st.write(tr("Talk as you would to a person who draws. Ask for changes, and go back to what you liked better."))
    with st.container(horizontal=True):
        for idea in IDEAS:
            st.button(idea, on_click=thread.begin, args=(idea,))


def composer(thread: OpenThread) -> None:
    """Where the person writes and drops photos."""
    st.chat_input(
        tr("Say what you would like to see"),
        key="composer",
        accept_file="multiple",
        file_type=uploads.PHOTOS,
        disabled=thread.busy,
        on_submit=submit,
        args=(thread,),
    )


def submit(thread: OpenThread) -> None:
    """Begin a turn with what is in the composer."""
    sent = st.session_state["composer"]
    thread.begin(sent.text, uploads.photos(sent.files))


def follow(house: Bridge, turn: str) -> None:
    """Show a turn under way until it is over, then the thread as it was saved."""
    with st.chat_message("assistant"):
        canvas = Canvas(house.gallery)
        label = tr("Stop")
        st.button(label, icon=":material/stop_circle:", key=f"stop {turn}", on_click=house.stop, args=(turn,))
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
