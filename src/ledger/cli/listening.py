"""How does a service answer at a port? This process keeps watch, one below it answers."""

import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LOOK_EVERY_SECONDS = 0.05
COLLECT_AFTER = (10_000, 20, 50)  # new objects, then collections of the younger generation
HEADER_BYTES = 64 * 1024  # a request's line and headers: what is longer gets 431
HEADER_MILLISECONDS = 10_000
STOP_SECONDS = 5  # then requests that do not end (a stream of events) are cut off


def listen(
    load: Callable[[], Any],
    host: str,
    port: int,
    on_listening: Callable[[], None],
    level: int = logging.INFO,
) -> None:
    """Serves until a signal comes; leaves with exit code 1 where the service cannot run.

    `load`: makes the application in the process that answers, after `begin_below`.
    """
    import multiprocessing

    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    from ledger import logs

    # A copy of this process by fork would hold on to the database's lease if we are killed.
    multiprocessing.set_start_method("spawn", force=True)
    os.environ["LEDGER_LOG_LEVEL"] = str(level)
    server = Server(
        load.__module__,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES
        ),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=logs.configuration(logging.WARNING),
    )
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(host, port, ended, on_listening), daemon=True)
    watch.start()
    threading.Thread(target=_insist, args=(server, ended), daemon=True).start()
    try:
        server.serve(target_loader=load, wrap_loader=False)
    finally:
        ended.set()


def _insist(server: Any, ended: threading.Event) -> None:
    """A signal that comes while granian replaces a worker is forgotten by it: reminds it."""
    while not ended.wait(LOOK_EVERY_SECONDS):
        if server.interrupt_signal:
            server.main_loop_interrupt.set()


def begin_below() -> None:
    """The process that answers begins: it writes its log, and does not outlive the one above."""
    from multiprocessing import parent_process

    # Ctrl-C reaches every process of the group: this one is stopped by the one above it.
    os.setpgid(0, 0)

    from ledger import logs

    logs.configure(int(os.environ["LEDGER_LOG_LEVEL"]))
    if (parent := parent_process()) is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, name="parent", daemon=True).start()


def collect_seldom() -> None:
    """What is there now stays for good: looking through it for garbage holds up every request.

    What comes later is looked through less often; most of it goes by itself.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _watch(host: str, port: int, ended: threading.Event, on_listening: Callable[[], None]) -> None:
    """Calls `on_listening` once, as soon as somebody answers at the port."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared
    while not ended.wait(LOOK_EVERY_SECONDS):
        with suppress(OSError), socket.create_connection((near, port), timeout=1):
            break
    else:
        return
    try:
        on_listening()
    except Exception as error:  # noqa: BLE001 - a thread's error would reach nobody
        print(f"ledger: {error}", file=sys.stderr)
        os.kill(os.getpid(), signal.SIGTERM)
