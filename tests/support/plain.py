"""A browser without scripts, without the browser: reads a page's forms and sends them back."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx

from tests.support.gateway import client


class Seen(HTMLParser):
    """A page as it came: hidden fields by form, buttons, and the text that a person reads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.buttons: list[tuple[str, str, str]] = []
        """(name, value, what stands on it)"""
        self.messages: list[tuple[str, str]] = []
        """(who it is from and how urgent, the text)"""
        self.draft = ""
        self.note = ""
        self.code = ""
        self._into = ""
        self._li = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        if tag == "input" and (have.get("type") == "hidden" or "hidden" in have):
            self.hidden[have["name"]] = have["value"]
        elif tag == "button":
            self.buttons.append((have.get("name", ""), have.get("value", ""), ""))
            self._into = "button"
        elif tag == "li":
            self._li = have.get("class", "")
        elif tag == "textarea":
            self._into = "draft"
        elif tag == "p":
            self._into = {"note": "note", "state": "note", "return-code": "code"}.get(have.get("id", ""), "")
            if have.get("class") == "text":
                self.messages.append((self._li, ""))
                self._into = "message"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "button", "textarea"}:
            self._into = ""

    def handle_data(self, data: str) -> None:
        if self._into == "button":
            name, value, said = self.buttons[-1]
            self.buttons[-1] = name, value, said + data.strip()
        elif self._into == "message":
            who, said = self.messages[-1]
            self.messages[-1] = who, said + data
        elif self._into:
            setattr(self, self._into, getattr(self, self._into) + data)

    def said(self, who: str) -> list[str]:
        return [text for sender, text in self.messages if who in sender.split()]


class Old:
    """An old phone in somebody's hand. `page` is what it shows."""

    def __init__(self, url: str, language: str = "en") -> None:
        self.http = client(url)
        self.answer = self.send({"language": language})

    @property
    def page(self) -> Seen:
        return Seen(self.answer.text)

    def send(self, fields: dict[str, str], headers: dict[str, str] | None = None) -> httpx.Response:
        self.answer = self.http.post("/talk", data=fields, headers=headers)
        return self.answer

    def press(self, do: str, **fields: str) -> Seen:
        """A button of the page as it stands, with what was typed."""
        self.send({**self.page.hidden, "do": do, **fields})
        return self.page

    def choose(self, label: str) -> Seen:
        token = next(value for name, value, said in self.page.buttons if name == "choice" and said == label)
        self.send({**self.page.hidden, "choice": token, "text": ""})
        return self.page
