"""Somebody with a browser: cookies, and no token."""

from typing import Any

import httpx
import msgspec

from tests.journeys.conftest import Service


class Browser:
    """Keeps what the service gives it; `said` holds the headers that gave it.

    `cookie` is the session, `device` what the browser shows of earlier times.
    """

    def __init__(self, service: Service, headers: dict[str, str] | None = None) -> None:
        self._http = service.http
        self._headers = headers or {}
        self.jar: dict[str, str] = {}
        self.said: list[str] = []
        self.csrf = ""
        self.headers = httpx.Headers()

    @property
    def cookie(self) -> str | None:
        return self.jar.get("ledger")

    @cookie.setter
    def cookie(self, text: str | None) -> None:
        self.jar.pop("ledger", None)
        if text is not None:
            self.jar["ledger"] = text

    def ask(self, method: str, path: str, *, status: int, **options: Any) -> Any:
        """The decoded answer, which must have that status; `headers` go beside the cookies."""
        text = self.page(method, path, status=status, **options)
        return msgspec.json.decode(text) if text else None

    def page(self, method: str, path: str, *, status: int, **options: Any) -> bytes:
        """The answer, which must have that status."""
        headers: dict[str, Any] = self._headers | dict(options.pop("headers", {}))
        if self.jar:
            carried = "; ".join(f"{name}={text}" for name, text in self.jar.items())
            headers["Cookie"] = carried.encode()
        self._http.cookies.clear()
        answer: httpx.Response = self._http.request(method, path, headers=headers, **options)
        assert answer.status_code == status, answer.text
        self.said = answer.headers.get_list("set-cookie")
        for one in self.said:
            name, _, text = one.partition(";")[0].partition("=")
            self.jar.pop(name, None)
            if text.strip('"'):
                self.jar[name] = text.strip('"')
        self._http.cookies.clear()
        self.headers = answer.headers
        return answer.content

    def sign_in(self, token: str) -> dict[str, Any]:
        """The session of who shows a token."""
        return self._begun(self.ask("POST", "/api/session", status=201, json={"token": token}))

    def sign_in_as(self, name: str, password: str, code: str | None = None) -> dict[str, Any]:
        """The session of an account."""
        said = {"name": name, "password": password} | ({"code": code} if code else {})
        return self._begun(self.ask("POST", "/api/session", status=201, json=said))

    def _begun(self, found: dict[str, Any]) -> dict[str, Any]:
        self.csrf = found["csrf"]
        return found

    def post(self, path: str, body: Any = None, *, status: int = 201) -> Any:
        """What a page of the session posts."""
        found = self.ask(
            "POST", path, status=status, json=body or {}, headers={"X-CSRF-Token": self.csrf}
        )
        if isinstance(found, dict) and "csrf" in found:
            self.csrf = found["csrf"]
        return found

    def get(self, path: str, *, status: int = 200) -> Any:
        """What a page of the session reads."""
        return self.ask("GET", path, status=status)

    def delete(self, path: str, *, status: int = 204) -> Any:
        """What a page of the session ends."""
        return self.ask("DELETE", path, status=status, headers={"X-CSRF-Token": self.csrf})
