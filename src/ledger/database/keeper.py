"""Who stops the embedded PostgreSQL when its last user has gone? This process does.

It is started by path, with the standard library alone, in a session of its own. It starts the
server as its child and then waits for one of three things: every user has given up its lease
(the kernel sees to that even for a user that was killed), the server has ended, or SIGTERM.

    keeper.py LEASE SOCKET_DIRECTORY UID:GID|- POSTGRES ARGUMENT...

The file descriptor that marks a keeper as alive (a lock on a file) is inherited and simply kept
open: the lock goes when this process goes. What is printed ends up in the server's log.
"""

import contextlib
import ctypes
import fcntl
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

FAST_SHUTDOWN = signal.SIGINT
IMMEDIATE_SHUTDOWN = signal.SIGQUIT
FAST_SHUTDOWN_LIMIT_S = 60
PR_SET_PDEATHSIG = 1


def main(lease: str, socket_directory: str, account: str, command: list[str]) -> int:
    """Runs the server until nobody needs it; answers whether it ended well."""
    reasons: queue.SimpleQueue[str] = queue.SimpleQueue()  # its put may be called by a signal
    _listen_to_signals(reasons)
    os.umask(0o077)
    server = _start(command, account)
    ended = threading.Thread(target=_wait_for_end, args=(server, reasons), daemon=True)
    ended.start()
    threading.Thread(target=_wait_for_no_user, args=(lease, reasons), daemon=True).start()
    reasons.get()
    _shut_down(server, ended)
    with contextlib.suppress(OSError):  # after a crash its files are still there: left as found
        Path(socket_directory).rmdir()
    return 0 if server.returncode == 0 else 1


def _listen_to_signals(reasons: "queue.SimpleQueue[str]") -> None:
    # Whoever started us may have had signals blocked, and that is inherited.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGTERM, lambda *_: reasons.put("asked to stop"))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _start(command: list[str], account: str) -> "subprocess.Popen[bytes]":
    uid, gid = (None, None) if account == "-" else map(int, account.split(":"))
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        cwd="/",
        user=uid,
        group=gid,
        extra_groups=None if gid is None else [gid],
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - there are no threads yet
    )


def _die_with_parent() -> Callable[[], None] | None:
    """What the child runs last before it becomes the server, so that it never outlives us.

    A change of user clears the death signal; preexec_fn runs after that change.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    keeper = os.getpid()

    def die_with_parent() -> None:
        prctl(PR_SET_PDEATHSIG, int(FAST_SHUTDOWN), 0, 0, 0)
        if os.getppid() != keeper:  # we died before the line above: no signal will come
            os._exit(1)

    return die_with_parent


def _wait_for_end(server: "subprocess.Popen[bytes]", reasons: "queue.SimpleQueue[str]") -> None:
    server.wait()
    reasons.put("the server has ended")


def _wait_for_no_user(lease: str, reasons: "queue.SimpleQueue[str]") -> None:
    """Every user holds a shared lock, so the exclusive one is ours when there is none.

    It is never released: who comes now waits for us to be gone, and starts anew.
    """
    held = os.open(lease, os.O_RDWR | os.O_NOFOLLOW)
    fcntl.flock(held, fcntl.LOCK_EX)
    reasons.put("nobody uses the server")


def _shut_down(server: "subprocess.Popen[bytes]", ended: threading.Thread) -> None:
    for how, limit_s in ((FAST_SHUTDOWN, FAST_SHUTDOWN_LIMIT_S), (IMMEDIATE_SHUTDOWN, None)):
        if server.poll() is None and ended.is_alive():
            server.send_signal(how)
        ended.join(limit_s)
        if not ended.is_alive():
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
