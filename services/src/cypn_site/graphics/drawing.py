"""What every picture has: a title and a description for whoever does not see it, and hatching.

Pictures are 360 units wide, as a phone is, so that their letters can be read there; they carry
classes and no colours, so that the style sheet decides for light, dark and paper.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

WIDTH = 360
HATCHES = ("M0 6L6 0", "M0 0L6 6")
"""Rising lines and falling lines, each on tiles of six by six."""


def picture(key: str, title: str, said: str, height: float) -> Element:
    """An empty picture. *key* is unlike that of any other picture on its page."""
    svg = Element(
        "svg",
        {
            "class": "cypn-chart",
            "role": "img",
            "aria-labelledby": f"{key}-title {key}-said",
            "viewBox": f"0 0 {WIDTH} {amount(height)}",
        },
    )
    SubElement(svg, "title", {"id": f"{key}-title"}).text = title
    SubElement(svg, "desc", {"id": f"{key}-said"}).text = said
    defs = SubElement(svg, "defs")
    for n, lines in enumerate(HATCHES):
        tile = SubElement(
            defs,
            "pattern",
            {
                "id": f"{key}-hatch-{n}",
                "width": "6",
                "height": "6",
                "patternUnits": "userSpaceOnUse",
            },
        )
        SubElement(tile, "path", {"d": lines, "class": f"cypn-chart__hatch-{n}"})
    return svg


def box(parent: Element, style: str, at: tuple[float, float], size: tuple[float, float]) -> None:
    """A rectangle of the class ``cypn-chart__<style>``."""
    SubElement(
        parent,
        "rect",
        {
            "class": f"cypn-chart__{style}",
            "x": amount(at[0]),
            "y": amount(at[1]),
            "width": amount(size[0]),
            "height": amount(size[1]),
        },
    )


def hatched(
    parent: Element, key: str, hatch: int, at: tuple[float, float], size: tuple[float, float]
) -> None:
    """A rectangle of nothing but hatching."""
    box(parent, "outline", at, size)
    parent[-1].set("fill", f"url(#{key}-hatch-{hatch})")


def write(
    parent: Element, said: str, at: tuple[float, float], style: str = "text", anchor: str = "start"
) -> None:
    """A line of text of the class ``cypn-chart__<style>``; *anchor* is start, middle or end."""
    place = {"x": amount(at[0]), "y": amount(at[1]), "text-anchor": anchor}
    SubElement(parent, "text", {"class": f"cypn-chart__{style}", **place}).text = said


def path(parent: Element, d: str, style: str) -> None:
    """A path of the class ``cypn-chart__<style>``."""
    SubElement(parent, "path", {"class": f"cypn-chart__{style}", "d": d})


def drawn(svg: Element) -> str:
    """The picture as text that stands in a page of HTML."""
    return tostring(svg, encoding="unicode", short_empty_elements=True)


def amount(number: float) -> str:
    """A number with one decimal at most.

    >>> amount(12.0), amount(3.14)
    ('12', '3.1')
    """
    return f"{number:.1f}".removesuffix(".0")
