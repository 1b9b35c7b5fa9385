"""The page: renders the events of the front door in Streamlit, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import streamlit as st
from streamlit.commands.page_config import MenuItems

from minidalle3.engines.contract import EngineError
from minidalle3.gallery.store import PictureError, StorageError
from minidalle3.graph.memory import DatabaseError
from minidalle3.graph.past import PastTurn
from minidalle3.graph.settings import Settings
from minidalle3.graph.state import Part, PictureRecord
from minidalle3.llms.errors import LLMError
from minidalle3.ui import dialogs, options, threads, version_tree, visitors
from minidalle3.ui.bridge import Bridge
from minidalle3.ui.comparing import comparison
from minidalle3.ui.drawing import Sketch, show
from minidalle3.ui.language import told, tr
from minidalle3.ui.notice import bigger
from minidalle3.ui.open_thread import REFUSED, OpenThread
from minidalle3.ui.pace import Pace
from minidalle3.ui.panel import panel
from minidalle3.ui.pictures import picture, side_by_side
from minidalle3.ui.text import note, plain
from minidalle3.ui.views import WIDTH

IDEAS = [
    "Draw a cute dog",
    "Show me a sticker of a cat on the beach",
    "Draw a castle in the mountains at sunset",
    "Draw a robot in space as pixel art",
    "What can you draw?",
]
"""Said to the embedded models, each works, in Chinese too: a test holds them against what the sketchbook knows."""

PACE = "pace"
"""Where a session keeps how often it looks at a reply under way."""
MENU: MenuItems = {"About": "**Mini-DALLE3**: talk pictures into being, and stay consistent while you talk on."}


@st.cache_resource(show_spinner="Opening…")
def front_door() -> Bridge:
    """One for all sessions; it loads what draws at once, since looking at a reply again and again slows that down."""
    house = Bridge(Settings())
    house.warm_up()
    return house


def main(house: Bridge) -> None:
    """One run of the script: the thread as it stands, the turn under way if there is one, and the input."""
    id = threads.chosen_thread(house)
    thread = OpenThread(house, id, house.history(id))
    sidebar(thread)
    conversation(thread)
    if not thread.history["turns"] and not thread.busy:
        welcome(thread)
    if refusal := st.session_state.pop(REFUSED, None):
        st.error(refusal)
    composer(thread)
    if running := thread.history["running"]:  # below the composer, which would lose what is typed if it changed places
        with st.bottom, st.container(key="stop", horizontal_alignment="right"):
            st.button(tr("Stop"), icon=":material/stop_circle:", on_click=house.stop, args=(running,))
    dialogs.show(thread, {"picture": panel, "compare": comparison})


def sidebar(thread: OpenThread) -> None:
    """The conversations, this one's pictures, the choices: each keeps its place, and with it what is open or typed."""
    with st.sidebar:
        st.title(tr("Mini-DALLE3"))
        with st.container():
            threads.section(thread.house, thread.id)
        with st.container():
            version_tree.section(thread)
        st.divider()
        options.section(thread.house.settings)
        visitors.remember()


def conversation(thread: OpenThread) -> None:
    """What has been said, the reply under way in its place."""
    following = thread.history["running"]
    for turn in thread.history["turns"]:
        with st.chat_message("user", avatar=":material/person:"):
            person(thread, turn)
        if turn["reply"]:
            with st.chat_message("assistant", avatar=":material/brush:"):
                assistant(thread, turn["reply"])
        elif following:
            with st.chat_message("assistant", avatar=":material/brush:"):
                pace = st.session_state.setdefault(PACE, Pace())
                st.fragment(follow, run_every=pace.interval)(thread.house, following, pace)
            following = None
        elif thread.busy:
            note(st, tr("This will be answered next."))
        else:
            st.info(tr("This is being answered in another window or program. Reload to see the reply."))


def person(thread: OpenThread, turn: PastTurn) -> None:
    """What the person said and sent."""
    st.markdown(plain(turn["words"]))
    for id in turn["photos"]:
        if id in thread.history["pictures"]:
            picture(thread, thread.history["pictures"][id])
    for digest in turn.get("sent", []):
        with suppress(PictureError):
            st.image(thread.house.gallery.read(digest), width=WIDTH, alt=tr("A photo"))


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
            note(st, told(part["text"]))
    side_by_side(thread, row)


def welcome(thread: OpenThread) -> None:
    """An empty conversation, with ideas that can be picked."""
    st.header(tr("What shall I draw?"))
    st.write(tr("Talk as you would to a person who draws. Ask for changes, and go back to what you liked better."))
    with st.container(horizontal=True):
        for idea in IDEAS:
            st.button(tr(idea), on_click=thread.begin, args=(tr(idea),))
    if hints := bigger(thread.house.settings):
        with st.expander(tr("This runs on the small models that come with it. How to connect bigger ones")):
            for hint in hints:
                st.caption(tr(hint))


def composer(thread: OpenThread) -> None:
    """Where the person writes and drops photos; a file that is none is refused by the front door, with a reason."""
    st.chat_input(
        tr("Say what you would like to see"),
        key="composer",
        accept_file="multiple",
        on_submit=submit,
        args=(thread,),
    )


def submit(thread: OpenThread) -> None:
    """Begin a turn with what is in the composer."""
    sent = st.session_state["composer"]
    thread.begin(sent.text, [file.getvalue() for file in sent.files])


def follow(house: Bridge, turn: str, pace: Pace) -> None:
    """A turn under way, again and again until it is over; then the thread as it was saved."""
    try:
        with pace.look():
            events, over = house.told(turn)
            if over:
                st.rerun()
            show(Sketch.of(events), house.gallery)
    except EngineError as error:
        note(st, str(error))
        return
    if pace.changed():
        st.rerun()  # the browser's clock is set by a run of the whole page


def run() -> None:
    """The page over the house that the settings describe, or what is wrong with them."""
    st.set_page_config("Mini-DALLE3", (files("minidalle3.ui") / "icon.svg").read_text("utf-8"), menu_items=MENU)
    st.html(Path(str(files("minidalle3.ui") / "page.css")))
    try:
        main(front_door())
    except (LLMError, EngineError, StorageError, DatabaseError) as error:
        st.error(str(error))


if __name__ == "__main__":
    run()
