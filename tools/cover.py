"""Draw the pictures that stand for the book: the README's, the social card and the favicon.

python tools/cover.py
"""

from io import BytesIO
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import font_source_serif_pro as source_serif
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import lrcore
from lrcore import plots
from lrcore._palette import DARK, LIGHT

STATIC = Path(__file__).resolve().parent.parent / "book" / "_static"
DATA = lrcore.datasets.make_clouds(200, random_state=1)


def save(name, dpi):
    """Save the figure in 64 colours, which the eye cannot tell from all of them."""
    file = BytesIO()
    plt.savefig(file, dpi=dpi)
    Image.open(file).convert("RGB").quantize(64).save(STATIC / name, optimize=True)


def cover():
    """Draw the two-minute version: the data, the boundary, the loss on the way to it."""
    model = lrcore.LogisticRegression(solver="gd", learning_rate=0.5, max_iter=60, tol=None)
    model.fit(DATA.X, DATA.y)
    _, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.0), width_ratios=(3, 2))
    plots.plot_decision_boundary(model, DATA.X, DATA.y, ax=left)
    left.set_title("Where the probability is one half")
    plots.plot_loss_history(model.loss_history_, ax=right)
    right.set_title("The loss, from the coin flip's 0.693 down")
    save("cover.png", dpi=120)


def path():
    """Return weights and bias on the way down from a bad start, after more and more steps."""
    w, b, steps = np.array([1.0, -1.6]), 0.6, []
    for _ in range(150):
        grad_w, grad_b = lrcore.logistic_gradient(DATA.X, DATA.y, w, b)
        w, b = w - 0.7 * grad_w, b - 0.7 * grad_b
        steps.append([*w, b])
    return np.array(steps)[np.unique(np.geomspace(1, 150, 24).astype(int)) - 1]


def card():
    """Draw the picture that a link to the book shows elsewhere: 1200 by 630 pixels."""
    figure = plt.figure(figsize=(6, 3.15))
    ax = figure.add_axes((0.44, 0, 0.56, 1))
    model = lrcore.LogisticRegression().fit(DATA.X, DATA.y)
    plots.plot_decision_boundary(model, DATA.X, DATA.y, ax=ax)
    plots.plot_boundary_path(path(), ax=ax)
    ax.get_legend().remove()
    ax.set_axis_off()
    for y, words, size, face in [
        (0.55, "Logistic\nRegression", 29, source_serif.font_files_ttf["SourceSerifPro"]),
        (0.42, "Nothing taken on trust", 15, source_serif.font_files_ttf["SourceSerifProIt"]),
    ]:
        figure.text(0.05, y, words, fontsize=size, font=Path(face), linespacing=1.05)
    save("card.png", dpi=200)


def favicon():
    """Write a sigmoid with a point of each class at its ends, on a page light or dark."""
    x = np.linspace(-6, 6, 25)
    points = " ".join(
        f"{16 + 2 * a:.1f},{26 - 20 * p:.1f}" for a, p in zip(x, lrcore.sigmoid(x), strict=True)
    )
    (STATIC / "favicon.svg").write_text(
        f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<style>polyline {{ stroke: {LIGHT["ink"]} }}
@media (prefers-color-scheme: dark) {{ polyline {{ stroke: {DARK["ink"]} }} }}</style>
<polyline points="{points}" fill="none" stroke-width="3"/>
<circle cx="5" cy="26" r="4.5" fill="{LIGHT["class-0"]}"/>
<path d="M27 .5l5 9H22z" fill="{LIGHT["class-1"]}"/>
</svg>
""",
        "utf-8",
    )


if __name__ == "__main__":
    plots.use_book_style()
    cover()
    plt.rcParams["figure.constrained_layout.use"] = False
    card()
    favicon()
