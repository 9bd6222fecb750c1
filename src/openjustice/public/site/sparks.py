"""Draws small charts by hand, where a page has many: one series, the same marks as the large ones."""

from __future__ import annotations

from collections.abc import Sequence

from openjustice.public.site import palette, svg
from openjustice.public.site.charts import Point, nice_top

_FLAT = ' fill="none" stroke-linejoin="round"'


def spark_svg(
    points: Sequence[Point],
    *,
    name: str,
    title: str,
    says: str,
    width: int = 320,
    height: int = 104,
    top: float | None = None,
) -> str:
    """Draw values over time with the first and last period named; gaps, breaks and provisional points as elsewhere.

    `top` ends the scale where several drawings share one.
    """
    foot, head, side = 18, 18, 8
    top = top or nice_top(max([1.0, *(item.value or 0.0 for item in points)]))
    step = (width - 2 * side) / max(1, len(points) - 1)
    floor = height - foot
    xs = [side + step * place for place in range(len(points))]
    ys = [None if item.value is None else floor - (floor - head) * item.value / top for item in points]
    body = [f'<path d="M{side},{floor}H{width - side}" stroke="#8a94a3" stroke-width="1"/>']
    # One line at the top with its value: enough to read the height of the rest.
    body += [
        f'<path d="M{side},{head}H{width - side}" stroke="{palette.RULE}"/>',
        _word(side, head - 4, f"{top:,g}", "start"),
    ]
    body += [_break(x - step / 2, head, floor) for item, x in zip(points, xs, strict=True) if item.status == "b"]
    body += _lines(points, xs, ys)
    radius = min(3.0, max(1.2, step / 5))  # dots that touch would hide a gap in the line
    body += [_mark(item, x, y, floor, radius) for item, x, y in zip(points, xs, ys, strict=True)]
    body += [_word(side, height - 3, points[0].at, "start"), _word(width - side, height - 3, points[-1].at, "end")]
    opening = svg.head(name=name, width=str(width), height=str(height), title=title, says=says, css_class="spark")
    return f"{opening}{''.join(body)}</svg>"


def _lines(points: Sequence[Point], xs: Sequence[float], ys: Sequence[float | None]) -> list[str]:
    """Return one piece for each pair of neighbors that a line may join; dashed into what is provisional."""
    solid: list[str] = []
    dashed: list[str] = []
    for place in range(1, len(points)):
        one, two = ys[place - 1], ys[place]
        if one is None or two is None or points[place].status == "b":
            continue
        piece = f"M{xs[place - 1]:.1f},{one:.1f}L{xs[place]:.1f},{two:.1f}"
        (dashed if points[place].status == "p" else solid).append(piece)
    stroke = f'stroke="{palette.ACCENT}" stroke-width="1.8"'
    made = [f'<path d="{"".join(solid)}" {stroke}{_FLAT}/>'] if solid else []
    return made + ([f'<path d="{"".join(dashed)}" {stroke} stroke-dasharray="3 3"{_FLAT}/>'] if dashed else [])


def _break(x: float, head: float, floor: float) -> str:
    return f'<path d="M{x:.1f},{head}V{floor}" stroke="{palette.QUIET}" stroke-dasharray="4 3"/>'


def _mark(item: Point, x: float, y: float | None, floor: float, radius: float) -> str:
    word = f"<title>{item.at}: {item.text}</title>"
    if y is not None:
        fill = palette.PAPER if item.status == "p" else palette.ACCENT
        circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" stroke="{palette.ACCENT}" stroke-width="1.6">'
        return f"{circle}{word}</circle>"
    if item.marker == "c":
        box = f'<rect x="{x - 3:.1f}" y="{floor - 3:.1f}" width="6" height="6" fill="{palette.PAPER}"'
        return f'{box} stroke="{palette.QUIET}" stroke-width="1.4">{word}</rect>'
    cross = f"M{x - 3:.1f},{floor - 3:.1f}l6,6m0,-6l-6,6"
    return f'<path d="{cross}" stroke="{palette.QUIET}" stroke-width="1.4" fill="none">{word}</path>'


def _word(x: float, y: float, text: str, anchor: str) -> str:
    style = f'font-family="{palette.FONT}" font-size="11" fill="{palette.QUIET}"'
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" {style}>{text}</text>'
