"""OpenAI's images API over real HTTP: fills pictures with the colour of their prompt; faults are a test's to choose."""

from __future__ import annotations

import base64
import email
import io
import json
from typing import Any

from PIL import Image
from support.openai_server import Handler, OpenAIServer
from support.swatch import colour

REFUSAL = {"error": {"message": "Your request was rejected by the safety system.", "code": "moderation_blocked"}}


class ImagesServer(OpenAIServer):
    """Keeps every request; `most` is how many pictures it gives at once, whatever it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 10
        self.by_address = False
        self.lost = False
        """Pictures are no longer at their addresses."""
        self.refuses: str | None = None
        self.edits = True
        """There is an address for changes."""
        self.pictures: list[bytes] = []


class ImagesHandler(Handler):
    """One request to an `ImagesServer`."""

    server: ImagesServer

    def do_POST(self) -> None:
        self.close_connection = True
        data = self.rfile.read(int(self.headers["Content-Length"]))
        server, kind = self.server, self.path.removeprefix("/v1/images/")
        body = json.loads(data) if kind == "generations" else parts(self.headers["Content-Type"], data)
        server.requests.append({"kind": kind, **body})
        server.keys.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if server.fault == "hang":
            server.over.wait(30)
            return None
        if isinstance(server.fault, int):
            return self.whole(server.fault, {"error": {"message": "as the test wished", "code": None}})
        if kind == "edits" and not server.edits:
            return self.whole(404, {"detail": "Not Found"})
        if server.refuses and server.refuses in body["prompt"]:
            return self.whole(400, REFUSAL)
        made = [self.made(body, index) for index in range(min(int(body["n"]), server.most))]
        return self.whole(200, {"created": 0, "data": [self.item(png) for png in made]})

    def do_GET(self) -> None:
        """The picture that an answer gave the address of."""
        self.close_connection = True
        if self.server.lost:
            return self.send_error(404)
        data = self.server.pictures[int(self.path.removeprefix("/pictures/"))]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return None

    def made(self, body: dict[str, Any], index: int) -> bytes:
        """The shown picture with its holes filled, or a new one."""
        width, height = map(int, body["size"].split("x"))
        image = Image.new("RGB", (width, height), colour(body["prompt"], index))
        if "image" in body:
            shown = Image.open(io.BytesIO(body.get("mask") or body["image"])).resize((width, height))
            if "mask" in body:
                image.paste(shown.convert("RGB"), mask=shown.getchannel("A"))
        file = io.BytesIO()
        image.save(file, "PNG")
        return file.getvalue()

    def item(self, png: bytes) -> dict[str, str]:
        if not self.server.by_address:
            return {"b64_json": base64.b64encode(png).decode()}
        self.server.pictures.append(png)
        return {"url": f"http://127.0.0.1:{self.server.server_port}/pictures/{len(self.server.pictures) - 1}"}


ImagesServer.handler = ImagesHandler


def parts(kind: str, data: bytes) -> dict[str, Any]:
    """The fields of a form with files: text as str, files as bytes."""
    form = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + data)
    fields: dict[str, Any] = {}
    for part in form.get_payload():
        value = part.get_payload(decode=True)
        name = part.get_param("name", header="content-disposition")
        fields[name] = value if part.get_filename() else value.decode()
    return fields
