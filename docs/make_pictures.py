"""Takes the pictures of the dashboard that the README shows, of The Complete Journey, in a real browser.

python docs/make_pictures.py PROJECT     # a folder in which `shoplake demo` ran; needs Chromium
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"
# File, address, width, light or dark.
WANTED = (
    ("overview.png", "overview", 1280, "light"),
    ("customers-dark.png", "customers", 1280, "dark"),
    ("products.png", "products", 1280, "light"),
    ("overview-phone.png", "overview?department=GROCERY", 390, "light"),
)


def main() -> None:
    project = sys.argv[1]
    command = [sys.executable, "-m", "shoplake", "-p", project, "dashboard", "--port", "0"]
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    PICTURES.mkdir(exist_ok=True)
    subprocess.run([*command[:-2], "--prepare"], check=True)  # noqa: S603
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None
        address = server.stdout.readline().split()[0]
        with sync_playwright() as driver:
            chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            for name, page_address, width, scheme in WANTED:
                page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                page.goto(f"{address}{page_address}")
                page.wait_for_selector("body[data-drawn]")
                page.screenshot(path=PICTURES / name, full_page=width < 500)
                page.close()
            chromium.close()
        server.terminate()


if __name__ == "__main__":
    main()
