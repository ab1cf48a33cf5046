"""Drawing: the few shapes that charts are made of, as SVG text. Colours are classes, so that a page can be dark."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.render import plain

WIDTH = 360
Points = Sequence[tuple[float, float]]


def element(name: str, *inside: str, **attributes: object) -> str:
    """An element with SVG inside. `class_` is the attribute `class`, `stroke_width` is `stroke-width`."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items() if value != ""
    )
    return f"<{name}{shown}>{''.join(inside)}</{name}>" if inside else f"<{name}{shown}/>"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return escape(plain(str(value)))


def words(x: float, y: float, text: str, kind: str = "", anchor: str = "") -> str:
    """A line of text, whatever it was made from."""
    return element("text", escape(plain(text)), x=float(x), y=float(y), class_=kind, text_anchor=anchor)


def clipped(text: str, most: int = 19) -> str:
    """A name that has to fit into a margin."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def drawing(height: float, title: str, *inside: str) -> str:
    """The whole, WIDTH units wide, which grows and shrinks with its place."""
    label = escape(plain(title))
    return element(
        "svg", f"<title>{label}</title>", *inside, viewBox=f"0 0 {WIDTH} {height:.0f}", role="img", class_="chart"
    )


class Plane:
    """A plane with axes from 0 to 1 (y) and between two numbers (x); `at` turns a point into a place on the paper."""

    left, right, top, bottom = 40.0, WIDTH - 14.0, 28.0, 204.0
    height = 246.0

    def __init__(self, first: float = 0.0, last: float = 1.0) -> None:
        self.first, self.last = first, last

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The place of (x, y)."""
        span = (self.last - self.first) or 1.0
        return (
            self.left + (self.right - self.left) * (x - self.first) / span,
            self.bottom - (self.bottom - self.top) * y,
        )

    def axes(self, ticks: Sequence[tuple[float, str]], x_title: str, y_title: str) -> str:
        """Grid lines at quarters, the ticks of x with their words, and what the axes are."""
        parts = []
        for quarter in (0.0, 0.25, 0.5, 0.75, 1.0):
            _, y = self.at(self.first, quarter)
            parts.append(element("line", x1=self.left, x2=self.right, y1=y, y2=y, class_="grid"))
            parts.append(words(self.left - 5, y + 4, f"{quarter:.0%}", "tick", "end"))
        for x, text in ticks:
            parts.append(words(self.at(x, 0)[0], self.bottom + 15, text, "tick", "middle"))
        parts.append(words((self.left + self.right) / 2, self.height - 8, x_title, "axis", "middle"))
        parts.append(words(0, 11, y_title, "axis"))
        return "".join(parts)

    def line(self, points: Points, kind: str = "line") -> str:
        """The points joined."""
        return element("polyline", points=self._places(points), class_=kind)

    def band(self, lower: Points, upper: Points) -> str:
        """What lies between two lines."""
        return element("polygon", points=self._places([*lower, *reversed(upper)]), class_="band")

    def dot(self, x: float, y: float, radius: float = 3.0, says: str = "") -> str:
        """A point; `says` shows where a pointer rests on it."""
        cx, cy = self.at(x, y)
        inside = (f"<title>{escape(plain(says))}</title>",) if says else ()
        return element("circle", *inside, cx=cx, cy=cy, r=radius, class_="dot")

    def _places(self, points: Points) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point) for point in points))
