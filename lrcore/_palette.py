"""The colours of the book, in light and in dark: pages, figures and charts all take theirs here.

``LIGHT`` and ``DARK`` have the same names.  A figure is drawn in ``LIGHT`` on no background; when
the book is built, its dark twin is the same drawing with each colour exchanged for the one of that
name in ``DARK``, and each name becomes a custom property of the pages' CSS (``var(--ink)``).

The ``SERIES`` stay apart for colour-blind readers too, but colour never stands alone:
the k-th thing also has ``MARKERS[k]`` and ``DASHES[k]``.
"""

LIGHT = {
    "paper": "#FFFEFB",
    "ink": "#1B1F24",
    "muted": "#5F6B76",  # axes, captions, what stands behind
    "grid": "#DDD9D0",  # hairlines; nothing that must be seen to understand
    "shade": "#F5F3EC",  # behind code
    "link": "#0A5586",
    "class-0": "#0072B2",  # the two classes are blue and vermilion of Okabe and Ito
    "class-1": "#D55E00",
    "third": "#0B6644",
    "fourth": "#B583B5",
}
DARK = {
    "paper": "#15181D",
    "ink": "#E7E4DD",
    "muted": "#9AA4AF",
    "grid": "#3A404A",
    "shade": "#1E2229",
    "link": "#8CC8F5",
    "class-0": "#6FBDF2",
    "class-1": "#FF9150",
    "third": "#379376",
    "fourth": "#A07FC0",
}
SERIES = ("class-0", "class-1", "third", "fourth", "muted")
MARKERS = ("o", "^", "s", "D", "v")
DASHES = ("-", "--", "-.", ":", (0, (8, 3)))


def properties(palette: dict[str, str]) -> str:
    """Return a palette as CSS custom properties."""
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())
