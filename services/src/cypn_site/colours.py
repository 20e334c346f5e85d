"""How well a colour is read on another."""

from __future__ import annotations


def contrast(one: str, other: str) -> float:
    """The contrast of two colours such as ``#1d4f91``, from 1 to 21 (WCAG 2.2, contrast ratio).

    >>> contrast("#000000", "#ffffff"), round(contrast("#767676", "#ffffff"), 2)
    (21.0, 4.54)
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def lightened(colour: str, share: float) -> str:
    """*colour* mixed with so much white, from 0 (itself) to 1 (white).

    >>> lightened("#000000", 0.5)
    '#808080'
    """
    mixed = (round(part + (255 - part) * share) for part in _parts(colour))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _parts(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it for sRGB."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for part in (each / 255 for each in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
