"""Streamlit's own scripts and styles, compressed: it sends them as they are, some 3 MB at the first visit.

Their names hold a hash of what is in them, so browsers keep them for a year, and each is compressed once a server.
"""

import asyncio
import zlib
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, file_util

_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
_GZIP = 16 + zlib.MAX_WBITS  # with the header that browsers read
_LEVEL = 5  # of 9: the first visitor waits for it
_HEADERS = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": "public, immutable, max-age=31536000"}


class CompressedScripts:
    """Answers for scripts and styles where the browser takes them compressed; Streamlit answers all else."""

    def __init__(self, app: ASGIApp):
        self.app = app
        folder = Path(file_util.get_static_dir())
        base = str(config.get_option("server.baseUrlPath") or "").strip("/")
        start = f"/{base}/" if base else "/"
        files = (file for file in (folder / "static").rglob("*") if file.suffix in _KINDS)
        self._files = {start + file.relative_to(folder).as_posix(): file for file in files}
        self._ready: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope.get("path")
        if scope["type"] != "http" or path not in self._files or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        if path not in self._ready:
            self._ready[path] = await asyncio.to_thread(_compressed, self._files[path])
        await self._ready[path](scope, receive, send)


def _compressed(file: Path) -> Response:
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
    small = packer.compress(file.read_bytes()) + packer.flush()
    return Response(small, media_type=_KINDS[file.suffix], headers=_HEADERS)
