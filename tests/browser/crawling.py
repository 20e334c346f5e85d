"""Follows every link that a visitor is shown, and keeps what each page weighs."""

from __future__ import annotations

import gzip
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urlsplit

from attrs import define, field, frozen
from tests.browser.reading import Told, local, told
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.test import Client, TestResponse

LIKE_EACH_OTHER = 12
"""So many addresses of one page are read; a calendar has a next month for ever."""
HEAVIEST = 60_000
"""Bytes of a page with all that it loads, compressed."""
HTML = "text/html"


@frozen(kw_only=True)
class Found:
    """One page: its declared name, its address, what it says and what it weighs."""

    name: str
    path: str
    told: Told
    weight: int

    def wrong(self) -> Iterator[str]:
        """What every page has and this one lacks."""
        if self.told.headings != 1:
            yield f"{self.path}: {self.told.headings} main headings"
        if not self.told.title.strip():
            yield f"{self.path}: no title"
        if not self.told.language:
            yield f"{self.path}: no language"
        if self.weight > HEAVIEST:
            yield f"{self.path}: {self.weight} bytes"


@define
class Crawl:
    """One visitor's way through the site. *wrong*: what could not be read as it should."""

    visitor: Client
    routes: MapAdapter
    found: list[Found] = field(factory=list)
    wrong: list[str] = field(factory=list)
    _read: Counter[str] = field(factory=Counter)
    _weights: dict[str, int] = field(factory=dict)

    def from_(self, *starts: str) -> Crawl:
        """Follow every link breadth first, beginning at *starts*."""
        waiting, seen = deque(starts), set(starts)
        while waiting:
            path = waiting.popleft()
            for link in self._visit(path):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
        return self

    def samples(self, most: int) -> list[Found]:
        """Of each page at most so many addresses."""
        taken: Counter[str] = Counter()
        chosen = []
        for each in self.found:
            taken[each.name] += 1
            if taken[each.name] <= most:
                chosen.append(each)
        return chosen

    def _visit(self, path: str) -> Iterator[str]:
        name = self._name(path)
        self._read[name] += 1
        if self._read[name] > LIKE_EACH_OTHER:
            return
        answer = self.visitor.get(path, headers={"Accept": HTML})
        if answer.status_code in {301, 302, 303, 308}:
            onward = local(answer.location or "", path)
            if onward is None:
                self.wrong.append(f"{path}: leads to {answer.location}")
            else:
                yield onward
        elif answer.status_code != 200:
            self.wrong.append(f"{path}: {answer.status_code}")
        elif answer.mimetype == HTML:
            yield from self._page(name, path, answer)

    def _page(self, name: str, path: str, answer: TestResponse) -> Iterator[str]:
        page = told(answer.text)
        weight = len(gzip.compress(answer.data)) + sum(map(self._weight, page.parts))
        found = Found(name=name, path=path, told=page, weight=weight)
        self.found.append(found)
        self.wrong += found.wrong()
        links = (local(link, path) for link in page.links)
        yield from (link for link in links if link is not None)

    def _weight(self, part: str) -> int:
        if part.startswith("data:"):
            return 0
        if part not in self._weights:
            answer = self.visitor.get(part)
            if answer.status_code != 200:
                self.wrong.append(f"{part}: {answer.status_code}")
            self._weights[part] = len(gzip.compress(answer.data))
        return self._weights[part]

    def _name(self, path: str) -> str:
        """The page's declared name; for what another service answers the first part of its path."""
        parts = urlsplit(path)
        try:
            return str(self.routes.match(parts.path)[0])
        except HTTPException:
            return parts.path.split("/")[1]
