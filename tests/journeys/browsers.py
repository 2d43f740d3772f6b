"""Somebody with a browser: cookies, and no token."""

from typing import Any

import httpx

from tests.journeys.conftest import Service


class Browser:
    """Keeps the session that the service gives; `said` is the header that gave it."""

    def __init__(self, service: Service) -> None:
        self._http = service.http
        self.cookie: str | None = None
        self.said = ""

    def ask(self, method: str, path: str, *, status: int, **options: Any) -> Any:
        headers = dict(options.pop("headers", {}))
        if self.cookie is not None:
            headers["Cookie"] = f"ledger={self.cookie}".encode()
        self._http.cookies.clear()
        answer: httpx.Response = self._http.request(method, path, headers=headers, **options)
        assert answer.status_code == status, answer.text
        if "set-cookie" in answer.headers:
            self.said = answer.headers["set-cookie"]
            self.cookie = self.said.split(";")[0].removeprefix("ledger=").strip('"') or None
        self._http.cookies.clear()
        return answer.json() if answer.content else None

    def sign_in(self, token: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("POST", "/api/session", status=201, json={"token": token})
        return found
