"""What a page of HTML says, without a browser: its links, headings, title and language."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from attrs import define, field


@define(slots=False)
class Told(HTMLParser):
    """One page. *links*: what its anchors lead to; *parts*: what it loads."""

    links: list[str] = field(factory=list)
    parts: list[str] = field(factory=list)
    headings: int = 0
    title: str = ""
    language: str = ""
    _in_title: bool = False

    def __attrs_pre_init__(self) -> None:
        """Begin as parsers do."""
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is looked for."""
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag == "html":
            self.language = said.get("lang", "")
        elif tag == "title" and not self.title:
            self._in_title = True
        elif tag == "h1":
            self.headings += 1
        elif tag == "img" or (tag == "link" and said.get("rel") in {"stylesheet", "icon"}):
            self.parts.append(said.get("src") or said.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        """Titles end."""
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        """Keep the title."""
        if self._in_title:
            self.title += data


def told(html: str) -> Told:
    """What *html* says."""
    parser = Told()
    parser.feed(html)
    parser.close()
    return parser


def local(link: str, page: str) -> str | None:
    """Where *link* of the page at the path *page* leads on the same site; None elsewhere."""
    parts = urlsplit(urljoin(f"http://here{page}", urldefrag(link).url))
    if (parts.scheme, parts.netloc) != ("http", "here"):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
