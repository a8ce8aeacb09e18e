"""A mail server that follows a script: what it says when, and when it hangs up."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

GREETING, EHLO, TAKEN = b"220 ready\r\n", b"250 here\r\n", b"250 ok\r\n"
GO_ON = b"354 go on\r\n"
HANG_UP, SILENCE = b"", b"..."


@dataclass
class Scripted:
    """One answer to each line of the client; after DATA, one to the whole message."""

    port: int
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def scripted_server(answers: Sequence[bytes]) -> Iterator[Scripted]:
    """Answers its one client in this order, then hangs up.

    HANG_UP does so earlier, SILENCE waits until the client does.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Scripted(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, answers, server.heard))
        thread.start()
        try:
            yield server
        finally:
            # A thread that still waits for its client is freed by one.
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", server.port)),
            ):
                pass
            thread.join()


def _serve(
    listener: socket.socket, answers: Sequence[bytes], heard: list[bytes]
) -> None:
    client, _address = listener.accept()
    with client, suppress(OSError):
        greeting, *script = answers
        if greeting == HANG_UP:
            return
        client.sendall(greeting)
        in_message = False
        for answer in script:
            heard.append(_message(client) if in_message else _line(client))
            if answer == HANG_UP:
                return
            if answer == SILENCE:
                break
            in_message = answer == GO_ON
            client.sendall(answer)
        else:
            return
        while client.recv(4096):
            pass


def _line(client: socket.socket) -> bytes:
    return _until(client, b"\r\n")


def _message(client: socket.socket) -> bytes:
    return _until(client, b"\r\n.\r\n")


def _until(client: socket.socket, end: bytes) -> bytes:
    read = b""
    while not read.endswith(end):
        some = client.recv(4096)
        if not some:
            raise ConnectionError
        read += some
    return read
