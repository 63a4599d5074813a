"""A Graph API on loopback that notes what it is asked, and can be slow or refuse."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def free_port() -> int:
    """Of this run only: two runs at once do not hear each other."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Handler(BaseHTTPRequestHandler):
    server: FakeGraph

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(self.server.latency)
        status, answer = self.server.take(self.path, self.headers["authorization"], body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class FakeGraph(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.latency = 0.0
        self.refusals: list[int] = []
        self._lock = threading.Lock()

    def take(self, path: str, token: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            if self.refusals and not is_courtesy(body):
                return 400, {"error": {"code": self.refusals.pop(0), "message": "m"}}
            self.calls.append((path.partition("?")[0], token, body))
            number = len(self.calls)
        if "messaging_product" in body:
            return 200, {"messages": [{"id": f"wamid.OUT{number}"}]}
        return 200, {"recipient_id": body["recipient"]["id"], "message_id": f"m_OUT{number}"}

    @property
    def said(self) -> list[dict[str, Any]]:
        return [body for _, _, body in self.calls if not is_courtesy(body)]

    def __enter__(self) -> FakeGraph:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.shutdown()
        self.server_close()


def is_courtesy(body: dict[str, Any]) -> bool:
    """A read mark or a typing sign."""
    return "status" in body or "sender_action" in body


def text_of(body: dict[str, Any]) -> str:
    said: str = body["text"]["body"] if "text" in body else body["message"]["text"]
    return said
