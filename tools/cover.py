"""Draw the picture on the README: data, boundary and loss of the two-minute version.

python tools/cover.py
"""

from pathlib import Path

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt

import lrcore
from lrcore import plots

PICTURE = Path(__file__).resolve().parent.parent / "book" / "_static" / "cover.png"


def main():
    """Fit the clouds of chapter 0 by gradient descent and draw the result."""
    plots.use_book_style()
    data = lrcore.datasets.make_clouds(200, random_state=1)
    model = lrcore.LogisticRegression(solver="gd", learning_rate=0.5, max_iter=60, tol=None)
    model.fit(data.X, data.y)
    _, (left, right) = plt.subplots(1, 2, figsize=(9.6, 4.0), width_ratios=(3, 2))
    plots.plot_decision_boundary(model, data.X, data.y, ax=left)
    left.set_title("Where the probability is one half")
    plots.plot_loss_history(model.loss_history_, ax=right)
    right.set_title("The loss, from the coin flip's 0.693 down")
    PICTURE.parent.mkdir(exist_ok=True)
    plt.savefig(PICTURE, dpi=120, metadata={"Software": None})


if __name__ == "__main__":
    main()
