"""Files: uploaded by the business or sent by a customer, with addresses that expire."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
import zlib
from collections import OrderedDict
from dataclasses import dataclass

from simulators.meta import ids
from simulators.meta.clock import Clock
from simulators.meta.errors import ControlError

URL_LIFE = 300.0
MIB = 1024 * 1024

# WhatsApp's allowed types and sizes, by message kind.
WHATSAPP_TYPES: dict[str, tuple[int, frozenset[str]]] = {
    "image": (5 * MIB, frozenset({"image/jpeg", "image/png"})),
    "video": (16 * MIB, frozenset({"video/mp4", "video/3gpp"})),
    "audio": (16 * MIB, frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"})),
    "sticker": (500 * 1024, frozenset({"image/webp"})),
    "document": (100 * MIB, frozenset({
        "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    })),
}  # fmt: skip


@dataclass(slots=True)
class File:
    id: str
    data: bytes
    mime_type: str
    filename: str | None
    account: str
    sha256: str
    gone: bool = False

    @property
    def sha256_base64(self) -> str:
        return base64.b64encode(bytes.fromhex(self.sha256)).decode()


class Shelf:
    """Keeps files up to a total size; the oldest go first."""

    def __init__(self, capacity: int, clock: Clock) -> None:
        self.capacity, self.clock = capacity, clock
        self.files: OrderedDict[str, File] = OrderedDict()
        self.size = 0
        self._key = os.urandom(32)

    def put(self, account: str, data: bytes, mime_type: str, filename: str | None = None) -> File:
        file = File(ids.numeric(), data, mime_type, filename, account, hashlib.sha256(data).hexdigest())
        self.files[file.id] = file
        self.size += len(data)
        while self.size > self.capacity and len(self.files) > 1:
            self.size -= len(self.files.popitem(last=False)[1].data)
        return file

    def get(self, media_id: str) -> File | None:
        file = self.files.get(media_id)
        return None if file is None or file.gone else file

    def remove(self, media_id: str) -> bool:
        file = self.files.pop(media_id, None)
        self.size -= len(file.data) if file else 0
        return file is not None

    def clear(self) -> None:
        self.files.clear()
        self.size = 0

    def address(self, file: File, base: str, life: float = URL_LIFE) -> str:
        expires = int(self.clock.now() + life)
        return f"{base}/attachments/file?mid={file.id}&ext={expires}&hash={self._mark(file.id, expires)}"

    def open_address(self, media_id: str, expires: str, mark: str) -> File | None:
        """The file behind an address, if the address is ours, fresh, and the file still there."""
        if not expires.isascii() or not expires.isdigit() or len(expires) > 15:
            return None
        if not hmac.compare_digest(
            self._mark(media_id, int(expires)).encode(), mark.encode("utf-8", "replace")
        ):
            return None
        return self.get(media_id) if int(expires) >= self.clock.now() else None

    def _mark(self, media_id: str, expires: int) -> str:
        text = f"{media_id}:{expires}".encode("utf-8", "replace")
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]


# --- samples -------------------------------------------------------------------------------------


def _png(width: int, height: int) -> bytes:
    rows = b"".join(
        b"\x00" + b"".join(bytes((60 + 150 * x // width, 110 + 90 * y // height, 190)) for x in range(width))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _wav(seconds: float, rate: int = 8000) -> bytes:
    data = bytes(128 + (40 if (i // 20) % 2 else -40) for i in range(int(seconds * rate)))
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8,
                       b"data", len(data))  # fmt: skip
    return head + data


def _pdf() -> bytes:
    drawn = b"BT /F 18 Tf 40 110 Td (Comprovante 1234) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj" % number + content + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return (
        body
        + head
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(objects) + 1,
            len(body),
        )
    )


def sample(kind: str) -> tuple[bytes, str, str]:
    """Bytes, type and name of a file a customer might send."""
    if kind == "image":
        return _png(320, 220), "image/png", "foto.png"
    if kind in ("document", "file"):
        return _pdf(), "application/pdf", "comprovante.pdf"
    if kind == "audio":
        return _wav(1.5), "audio/wav", "audio.wav"
    if kind == "sticker":
        webp = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
        return base64.b64decode(webp), "image/webp", "sticker.webp"
    raise ControlError(400, "invalid", f"no sample of kind {kind}: give data_base64 and mime_type", "media")
