"""The picture of a computation graph: an SVG in the page's own colour, and a table in words.

The graph runs down the page, which suits a phone: the inputs above, the result below.  Each value
stands as low as it can, right above what uses it.
"""

from collections import defaultdict
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from ._validation import as_count

WIDTH, HEIGHT = 100, 62  # of a box
ACROSS, DOWN = 120, 112  # from one box to the next
MARGIN = 8
LINE = 18  # from one line of text to the next
APART = 20  # from the middle of a box to where one of its two edges ends
STRAIGHT = 20  # the end of an edge, beside which its derivative stands
GRADIENT = "#D55E00"  # a line of it shows on white and on black; text has the page's own colour

Places = dict[Any, tuple[float, int]]
Path = tuple[list[Any], int, float]  # from source to result: places, which source, derivative


@dataclass(frozen=True)
class Drawing:
    """A picture of a computation graph, for a notebook, and the same in words.

    Attributes
    ----------
    html : str
        The picture, as SVG that can stand in a page.
    text : str
        One line for each value.
    """

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def draw(root: Any, step: int | None) -> Drawing:
    """Return the drawing of the graph that led to `root`, after `step` steps."""
    values, gradients = root._in_order(), root._gradients()
    last = 2 * len(values)
    step = last if step is None else as_count("step", step, least=0)
    if step > last:
        raise ValueError(f"step: expected at most {last}, twice the number of values, got {step}")
    known = set(values[:step])
    complete = dict(list(gradients.items())[: max(step - len(values), 0)])
    lines = [_in_words(value, value in known, complete.get(value)) for value in values]
    return Drawing(_svg(values, known, complete, lines), "\n".join(lines))


def _shown(number: float, digits: int = 4) -> str:
    return f"{number + 0.0:.{digits}g}".replace("-", "−")


def _name(value: Any) -> str:
    named = value.label and value._operation
    return f"{value.label}  {value._operation}" if named else value.label or value._operation


def _in_words(value: Any, is_known: bool, gradient: float | None) -> str:
    data = _shown(value.data) if is_known else "?"
    flow = "" if gradient is None else f", gradient {_shown(gradient)}"
    return f"{_name(value) or 'number'} = {data}{flow}"


# Places ----------------------------------------------------------------------------------------


def _levels(values: list[Any]) -> dict[Any, int]:
    """Return how many operations lie between each value and the last one, at most."""
    levels = dict.fromkeys(values, 0)
    for value in reversed(values):
        for source, _ in value._sources:
            levels[source] = max(levels[source], levels[value] + 1)
    return levels


def _paths(values: list[Any], levels: dict[Any, int]) -> list[Path]:
    """Return the edges; one that passes a row has a place of its own there, and crosses no box."""
    return [
        ([source, *((value, k, level) for level in passed), value], k, local)
        for value in reversed(values)
        for k, (source, local) in enumerate(value._sources)
        for passed in [range(levels[source] - 1, levels[value], -1)]
    ]


def _places(values: list[Any], levels: dict[Any, int], paths: list[Path]) -> Places:
    """Return the centre of every box and of every place that an edge passes.

    Each row is sorted by where its values are used, and centred.
    """
    rows: list[list[Any]] = [[] for _ in range(max(levels.values()) + 1)]
    used_at = defaultdict(list)
    for value in reversed(values):
        rows[levels[value]].append(value)
    for path, k, _ in paths:
        for upper, lower in pairwise(path):
            used_at[upper].append((lower, APART * k))
        for place in path[1:-1]:
            rows[place[2]].append(place)
    places: Places = {}
    for level, row in enumerate(rows):
        users = {place: [places[user][0] + k for user, k in used_at[place]] for place in row}
        left = MARGIN + WIDTH / 2 + ACROSS * (max(map(len, rows)) - len(row)) / 2
        down = MARGIN + HEIGHT // 2 + DOWN * (len(rows) - 1 - level)
        for k, place in enumerate(sorted(row, key=lambda p: sum(users[p]) / (len(users[p]) or 1))):
            places[place] = left + ACROSS * k, down
    return places


# Shapes ----------------------------------------------------------------------------------------


def _svg(values: list[Any], known: set[Any], complete: dict[Any, float], lines: list[str]) -> str:
    levels = _levels(values)
    paths = _paths(values, levels)
    places = _places(values, levels, paths)
    width, height = (max(at[axis] for at in places.values()) + MARGIN for axis in (0, 1))
    width, height = width + WIDTH / 2, height + HEIGHT / 2
    label = escape(f"Computation graph of {len(values)} values: {'; '.join(lines)}.")
    edges = [_edge(path, places, path[0][-1] in known, path[0][0] in complete) for path in paths]
    boxes = [_box(value, places[value], value in known, complete.get(value)) for value in values]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{label}" '
        f'width="{width:g}" viewBox="0 0 {width:g} {height:g}" font-family="sans-serif" '
        f'font-size="13" fill="currentColor" style="max-width:100%;height:auto">'
        f"<title>{label}</title>{''.join(edges + boxes)}</svg>"
    )


def _box(value: Any, at: tuple[float, int], is_known: bool, gradient: float | None) -> str:
    x, y = at
    rounded = 4 if value._operation else 16  # what was put in is round, what was computed is not
    rows = [escape(_name(value)), _shown(value.data) if is_known else ""]
    rows += [] if gradient is None else [f"grad {_shown(gradient)}"]
    texts = [
        f'<text x="{x:g}" y="{y - 12 + LINE * k}" text-anchor="middle">{words}</text>'
        for k, words in enumerate(rows)
    ]
    return (
        f'<rect x="{x - WIDTH / 2:g}" y="{y - HEIGHT // 2}" width="{WIDTH}" height="{HEIGHT}" '
        f'rx="{rounded}" fill="none" stroke="currentColor"/>{"".join(texts)}'
    )


def _edge(path: Path, places: Places, is_known: bool, has_flowed: bool) -> str:
    route, k, local = path
    side = (2 * k - 1) if len(route[-1]._sources) == 2 else 0
    points = [places[place] for place in route]
    points[0] = points[0][0], points[0][1] + HEIGHT // 2
    end = points[-1][0] + side * APART, points[-1][1] - HEIGHT // 2
    points[-1:] = [(end[0], end[1] - STRAIGHT), end]
    line = " ".join(f"{x:g},{y}" for x, y in points)
    colour = GRADIENT if has_flowed else "currentColor"
    # the arrow points the way that the numbers go: down at the result, later up at the source
    (x, y), tip = (points[0], 7) if has_flowed else (end, -7)
    return (
        f'<g stroke="{colour}" fill="none"><polyline points="{line}"/>'
        f'<path d="M{x - 4:g},{y + tip} L{x:g},{y} L{x + 4:g},{y + tip}"/></g>'
        f"{_local(end, side, local) if is_known else ''}"
    )


def _local(end: tuple[float, int], side: int, number: float) -> str:
    """Return the local derivative, beside the straight end of its edge, away from the other one."""
    x, anchor = (end[0] + 5, "start") if side >= 0 else (end[0] - 5, "end")
    return (
        f'<text x="{x:g}" y="{end[1] - 8}" text-anchor="{anchor}" font-size="11">'
        f"{_shown(number, 3)}</text>"
    )
