"""
A form in a real page without a notebook: its script and style over a model of a few lines.

An element around the form notes the keys that get out, on which a notebook would act.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cachelab.lab.forms.form import HERE, Question

MOUNT = """async ({ script, style, state }) => {
  const heard = {}, model = {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      (heard[`change:${name}`] ?? []).forEach((act) => act());
    },
    save_changes() { window.saved = structuredClone(state); },
    on: (name, act) => (heard[name] ??= []).push(act),
    off: (name, act) => { heard[name] = heard[name].filter((other) => other !== act); },
  };
  window.model = model; window.saved = structuredClone(state); window.outside = [];
  document.body.innerHTML = `<style>${style}</style><div class="jp-Cell" tabindex="0"></div>`;
  document.body.onkeydown = (event) => window.outside.push(event.key);
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  (await import(url)).default.render({ model, el: document.querySelector(".jp-Cell") });
}"""


@contextmanager
def shown(question: Question) -> Iterator[Any]:
    """A page of Chromium with the form in it; skips where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if not chromium:
        pytest.skip("Chromium is not on the path")
    form = question.form
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        state = {
            name: getattr(form, name) for name in ("kind", "content", "answer", "opened", "sure")
        }
        page.evaluate(
            MOUNT,
            {
                "script": (HERE / "forms.js").read_text("utf-8"),
                "style": (HERE / "forms.css").read_text("utf-8"),
                "state": json.loads(json.dumps(state)),
            },
        )
        yield page
        browser.close()


def answer(page: Any) -> Any:
    """What the form has told Python so far."""
    return page.evaluate("() => window.saved.answer")


def keys_that_got_out(page: Any, keys: list[str]) -> list[str]:
    """Press each key where the focus is; which of them a notebook around the form would see."""
    for key in keys:
        page.keyboard.press(key)
    return list(page.evaluate("() => window.outside.splice(0)"))
