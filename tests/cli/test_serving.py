"""The service and the demonstration, as processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import Any

from tests.cli.typing_it import process, running, stop


def line(service: subprocess.Popen[str]) -> Any:
    assert service.stdout is not None
    return json.loads(service.stdout.readline())


def get(address: str, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def test_the_service_says_where_it_listens_and_stops_when_asked(loaded: str) -> None:
    with running("serve", "--port", 0, "--database", loaded, "--json") as service:
        address = line(service)["address"]
        assert get(f"{address}/health/live")["status"]
        taken = process("serve", "--port", address.rsplit(":", 1)[1], "--database", loaded)
        assert (taken.code, taken.out) == (2, "")
        assert "in use" in taken.err
        assert stop(service) == 0


def test_a_killed_service_leaves_nothing_behind(database_url: str) -> None:
    with running("serve", "--port", 0, "--database", database_url, "--json") as service:
        address = line(service)["address"]
        assert stop(service, signal.SIGKILL) == -signal.SIGKILL
        # The process that answered holds the other end of our pipe until it is gone.
        assert service.stdout is not None
        assert service.stdout.read() == ""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", int(address.rsplit(":", 1)[1])))


def test_the_demonstration_runs_twice_and_beside_others(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ("demo", "--port", port, "--database", database_url, "--json")
        seen = []
        for _ in range(2):
            with running(*arguments) as demo:
                said = line(demo)
                assert said["address"] != f"http://127.0.0.1:{port}"
                tokens = said["tokens"]
                assert list(tokens) == ["officer", "coordinator", "manager", "auditor", "admin"]
                projects = get(f"{said['address']}/api/projects", tokens["manager"])
                assert len(projects["items"]) == 2
                seen.append(projects["items"])
                assert stop(demo, signal.SIGINT) == 0
    assert seen[0] == seen[1]
    listed = process("token", "list", "--database", database_url, "--json").json
    assert len(listed) == 5
    assert all(row["rotated_at"] and not row["revoked_at"] for row in listed)


def test_a_signal_to_the_whole_group_stops_it_as_well(loaded: str) -> None:
    command = [sys.executable, "-m", "ledger.cli", "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        [*command, "--database", loaded], stdout=subprocess.PIPE, start_new_session=True
    ) as service:
        assert service.stdout is not None
        assert b"address" in service.stdout.readline()
        os.killpg(service.pid, signal.SIGINT)
        assert service.wait(30) in (0, 130)
