"""Takes the pictures of the pages in docs/pictures, from the real case and the invented one.

Run it as `make pictures`: it loads the cases into a ledger of its own, signs in, opens each page in
a browser that is on the machine, and keeps what is seen as WebP.
"""

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from tests.journeys.pages.chromium import ARGUMENTS, browser  # noqa: E402 - beside this folder

PICTURES = HERE / "pictures"
LIDERZY = "9fb98cef-1c40-560e-9a8c-43f5fbfd958f"
WIDTH, HEIGHT, QUALITY = 1280, 860, 82


class Picture(NamedTuple):
    """What is taken: its name, the page, who looks, and how."""

    name: str
    path: str
    role: str = "manager"
    lang: str = "pl"
    scheme: str = "light"
    open_machine: bool = False


TEAM = "/teams/1e967b0b-4ddd-5f54-b60e-7f6b73479c35?valid_at=2019-05-13"
BEFORE = f"/projects/{LIDERZY}?known_at=80&valid_at=2020-10-15"
VALUE = f"/explain?of=/api/projects/{LIDERZY}/explain/value"
TAKEN = (
    Picture("project", f"/projects/{LIDERZY}?valid_at=2020-10-15"),
    Picture("before-the-annex", BEFORE, open_machine=True),
    Picture("team", TEAM, lang="en", scheme="dark"),
    Picture("record-a-document", f"/projects/{LIDERZY}/expenditures/record", role="officer"),
    Picture("register", f"/projects/{LIDERZY}/expenditures", role="officer"),
    Picture("explained", VALUE, role="auditor", lang="en"),
)


def main() -> None:
    """Writes the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        demo = _demo(folder)
        opened = playwright.chromium.launch(executable_path=browser(), args=ARGUMENTS)
        try:
            assert demo.stdout is not None
            said = json.loads(demo.stdout.readline())
            for picture in TAKEN:
                _take(opened, said, picture)
        finally:
            opened.close()
            demo.terminate()
            demo.wait()


def _demo(folder: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ledger.cli", "demo", "--port", "8700", "--json"]
    return subprocess.Popen(  # noqa: S603 - our own command line
        [*command, "--data", f"{folder}/data"], stdout=subprocess.PIPE, text=True
    )


def _take(opened: Browser, said: dict[str, Any], picture: Picture) -> None:
    address, token = said["address"], said["tokens"][picture.role]
    cookies = httpx.post(f"{address}/api/session", json={"token": token}).cookies
    context = opened.new_context(
        base_url=address,
        color_scheme="dark" if picture.scheme == "dark" else "light",
        viewport={"width": WIDTH, "height": HEIGHT},
    )
    kept = [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    context.add_cookies([*kept, {"name": "ledger_lang", "value": picture.lang, "url": address}])
    page = context.new_page()
    answer = page.goto(picture.path)
    assert answer is not None
    assert answer.ok, picture
    if picture.open_machine:
        page.locator("#time-machine summary").click()
        page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready")
    # Playwright itself knows no WebP.
    shot = context.new_cdp_session(page).send(
        "Page.captureScreenshot", {"format": "webp", "quality": QUALITY}
    )
    kept_at = PICTURES / f"{picture.name}.webp"
    kept_at.write_bytes(base64.b64decode(shot["data"]))
    print(f"{kept_at.relative_to(HERE.parent)}  {kept_at.stat().st_size // 1000} kB")
    context.close()


if __name__ == "__main__":
    main()
