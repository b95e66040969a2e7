"""Known mistakes with labels: predictions, accuracy, one-hot rows."""

from typing import Any

import numpy as np

from .slips import mistake, slip


@slip("threshold-on-score", "link", only={"predict"})
def _score_as_probability(z: Any) -> Any:
    """A score is compared with 1/2, or a probability with 0.

    A probability is above 1/2 just when its score is above 0. The two thresholds belong to the two
    scales.

    Hint: Is the number that you compare a score or a probability?
    """
    return z


slip("threshold-on-score", "decide")(lambda p: (p > 0).astype(int))


@slip("flipped-labels", "decide", only={"predict"})
def _below(p: Any) -> Any:
    return (p < 0.5).astype(int)


@slip("probability-for-label", "decide")
def _probabilities(p: Any) -> Any:
    """Probabilities, or scores, are returned, where labels are wanted.

    A label is the decision that follows from them.

    Hint: Which two values may come back?
    """
    return p


mistake("probability-for-label", "predict")(lambda X, w, b: X @ w + b)


@slip("plus-minus-one-labels", "decide")
def _signs(p: Any) -> Any:
    return np.where(p >= 0.5, 1, -1)


@slip("integer-truncation", "decide")
def _truncated(p: Any) -> Any:
    """Numbers with a fraction are cut off to integers.

    int(), astype(int) and // cut off, they do not round; and an integer array, or one made like an
    integer array, keeps only the whole part of what is written into it.

    Hint: Which line of yours gives whole numbers only? Is it the dtype of an array?

    Met: np.zeros_like of integer data, in loops that fill it.
    """
    return p.astype(int)


@slip("all-or-nothing", "decide")
def _one_for_all(p: Any) -> Any:
    """All samples are judged together, where each is judged by itself.

    One sample of another kind then decides for all of them.

    Hint: What should happen to your answer when one sample changes?
    """
    return int(np.all(p >= 0.5))


for _threshold in (0.1, 0.2, 0.25, 0.3, 0.4, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95):
    slip("other-threshold", "decide", alone=True)(lambda p, t=_threshold: (p >= t).astype(int))


@slip("other-threshold", "decide")
def _strict(p: Any) -> Any:
    """The threshold is not 1/2.

    The more likely of two classes has a probability above one half.

    Hint: At which probability do you change your mind?
    """
    return (p >= 1).astype(int)


slip("wrong-axis", "choose")(lambda P: np.argmax(P, axis=0))


@slip("position-in-whole-table", "choose")
def _flat_index(P: Any) -> Any:
    """The largest entry of the whole table is sought, where each row has one.

    np.argmax without an axis counts through all entries.

    Hint: How many answers should come back?
    """
    return np.argmax(P)


@slip("probability-for-class", "choose")
def _largest(P: Any) -> Any:
    """The largest probability is returned, where the number of its class is wanted.

    max says how large; argmax says where.

    Hint: Should your answer be a whole number?
    """
    return P.max(axis=1)


@slip("one-hot-for-class", "choose")
def _one_hot(P: Any) -> Any:
    """A row of zeros and ones is returned, where the number of a class is wanted.

    One number for each sample is enough.

    Hint: Which shape should come back?
    """
    return np.eye(P.shape[1])[P.argmax(axis=1)]


slip("one-hot-for-class", "choose")(lambda P: (P.max(axis=1, keepdims=True) == P).astype(int))
slip("thresholded-too-early", "choose")(lambda P: (P >= 0.5).astype(int))
slip("thresholded-too-early", "choose")(lambda P: (P >= 0.5).argmax(axis=1))
slip("thresholded-too-early", "choose")(lambda P: (P[:, 1] >= 0.5).astype(int))
slip("integer-truncation", "choose")(lambda P: P.astype(int).argmax(axis=1))


@slip("counted-from-one", "choose")
def _from_one(P: Any) -> Any:
    """Classes are counted from 1.

    Here the first class is number 0.

    Hint: What is the index of the first column?
    """
    return P.argmax(axis=1) + 1


@slip("smallest-for-largest", "choose")
def _smallest(P: Any) -> Any:
    """The smallest entry is taken for the largest, or the last of a sorted row for the first.

    The most likely class has the largest probability.

    Hint: In which order does a sort put its results?
    """
    return P.argmin(axis=1)


slip("smallest-for-largest", "choose")(lambda P: P.argsort(axis=1)[:, -2])
slip("smallest-for-largest", "choose")(lambda P: P.argsort(axis=1)[:, 0])
slip("smallest-for-largest", "choose")(lambda P: np.argsort(P, axis=1))

slip("sum-not-mean", "portion")(np.sum)
slip("last-sample-only", "portion", alone=True)(lambda values: values[0] / len(values))
slip("last-sample-only", "portion", alone=True)(lambda values: values[-1] / len(values))


@slip("percent-for-fraction", "portion")
def _percent(values: Any) -> Any:
    """A percentage is returned, where a fraction is wanted.

    0.89 is 89 %.

    Hint: Which number should come back when everything is right?

    Met: source 002, an accuracy of "0.89 %".
    """
    return 100 * np.mean(values)


slip("all-or-nothing", "portion")(np.all)
slip("integer-truncation", "portion")(lambda values: int(np.mean(values)))
slip("rounded", "portion")(lambda values: np.round(np.mean(values)))


@slip("errors-counted", "match")
def _errors(y_true: Any, y_pred: Any) -> Any:
    """The wrong predictions are counted, where the right ones are wanted.

    What comes out is the error rate.

    Hint: Which number should come back when everything is right?
    """
    return y_true != y_pred


slip("errors-counted", "match")(lambda y_true, y_pred: np.abs(y_true - y_pred))


@slip("only-one-class-counted", "match")
def _hits(y_true: Any, y_pred: Any) -> Any:
    """Only the samples of one class are counted.

    A label of 0 that was predicted as 0 is right, too.

    Hint: What does your formula give when all labels and predictions are 0?

    Met: formulas for precision and recall, taken for the accuracy.
    """
    return (y_true == 1) & (y_pred == 1)


slip("only-one-class-counted", "match")(lambda y_true, y_pred: (y_true * y_pred) > 0)
slip("only-one-class-counted", "match")(lambda y_true, y_pred: y_true * y_pred)
slip("only-one-class-counted", "match")(lambda y_true, y_pred: (y_true == 0) & (y_pred == 0))


@slip("labels-subtracted", "match")
def _subtracted(y_true: Any, y_pred: Any) -> Any:
    """Labels are subtracted, where they should be compared.

    Classes 0 and 2 differ by 2, and yet that is one wrong prediction.

    Hint: What does your formula give for the label 0 and the prediction 2?
    """
    return 1 - np.abs(y_true - y_pred)


slip("labels-subtracted", "match")(lambda y_true, y_pred: 1 - (y_true - y_pred) ** 2)
slip("errors-counted", "match")(lambda y_true, y_pred: (y_true - y_pred) ** 2)
mistake("only-one-class-counted", "accuracy")(
    lambda y_true, y_pred: np.sum((y_true == 1) & (y_pred == 1)) / np.sum(y_pred == 1)
)
mistake("only-one-class-counted", "accuracy")(
    lambda y_true, y_pred: np.sum((y_true == 1) & (y_pred == 1)) / np.sum(y_true == 1)
)
mistake("only-one-class-counted", "accuracy")(
    lambda y_true, y_pred: np.sum(y_true == y_pred) / np.sum(y_true)
)


@mistake("other-denominator", "accuracy")
def _by_classes(y_true: Any, y_pred: Any) -> Any:
    """The number of right answers is divided by something else than the number of samples.

    The accuracy is a fraction of all samples.

    Hint: What should come back when everything is right?
    """
    return np.sum(y_true == y_pred) / (len(y_true) - 1)


mistake("other-denominator", "accuracy")(
    lambda y_true, y_pred: np.sum(y_true == y_pred) / len(np.unique(y_true))
)
mistake("other-denominator", "accuracy")(
    lambda y_true, y_pred: np.sum(y_true == y_pred) / np.sum(y_true)
)
mistake("other-denominator", "accuracy")(
    lambda y_true, y_pred: np.sum(y_true == y_pred) / (len(y_true) + len(y_pred))
)
mistake("totals-compared", "accuracy")(
    lambda y_true, y_pred: min(np.sum(y_pred) / np.sum(y_true), np.sum(y_true) / np.sum(y_pred))
)


@mistake("totals-compared", "accuracy")
def _totals(y_true: Any, y_pred: Any) -> Any:
    """Totals are compared, where each prediction has a label of its own.

    Two mistakes in opposite directions then look like none.

    Hint: What happens to your answer when the predictions are reordered?
    """
    return 1 - abs(np.mean(y_true) - np.mean(y_pred))


mistake("totals-compared", "accuracy")(lambda y_true, y_pred: np.sum(y_pred) / np.sum(y_true))
mistake("totals-compared", "accuracy")(lambda y_true, y_pred: np.mean(y_pred))
mistake("column-against-row", "accuracy")(lambda y, p: np.mean(y[:, None] == p))


@slip("missing-class-column", "table")
def _up_to_largest(y: Any, n_classes: Any) -> Any:
    """A class that is missing from the labels loses its column.

    The number of classes is given; the labels of one batch need not show all of them.

    Hint: How many columns do you make when the last class does not occur?

    Met: batches without their last class; pandas.get_dummies behaves so by design.
    """
    return np.eye(int(y.max()) + 1)[y.astype(int)]


slip("missing-class-column", "table")(lambda y, k: (y[:, None] == np.unique(y)).astype(float))
slip("transposed", "table")(lambda y, n_classes: np.eye(n_classes)[y.astype(int)].T)
slip("counted-from-one", "table")(lambda y, n_classes: np.eye(n_classes)[y.astype(int) - 1])
slip("counted-from-one", "table")(
    lambda y, n_classes: np.eye(n_classes, k=1)[np.minimum(y.astype(int), n_classes - 1)]
)
slip("counted-from-one", "table")(lambda y, n_classes: np.eye(n_classes + 1)[y.astype(int)])
slip("counted-from-one", "table")(lambda y, n_classes: np.eye(n_classes + 1)[y.astype(int), 1:])
slip("missing-class-column", "table")(lambda y, k: np.eye(len(np.unique(y)))[y.astype(int)])
slip("plus-minus-one-labels", "table")(
    lambda y, n_classes: 2 * np.eye(n_classes)[y.astype(int)] - 1
)
slip("flipped-labels", "table")(lambda y, n_classes: 1 - np.eye(n_classes)[y.astype(int)])
slip("counts-for-rows", "table")(
    lambda y, n_classes: np.bincount(y.astype(int), minlength=n_classes)
)
slip("label-as-value", "table")(
    lambda y, n_classes: np.eye(n_classes)[y.astype(int)] * (y[:, None])
)


@slip("label-as-value", "table")
def _label_written(y: Any, n_classes: Any) -> Any:
    """The label itself is written into the table, where a 1 is wanted.

    The place says which class it is; the value is always 1.

    Hint: Which values may a one-hot row hold?
    """
    table = np.zeros((len(y), n_classes))
    table[np.arange(len(y)), y.astype(int)] = y
    return table


@slip("counts-for-rows", "table")
def _counts(y: Any, n_classes: Any) -> Any:
    """One row for all samples is returned, where each sample has its own.

    Counting the classes forgets which sample belongs to which.

    Hint: How many rows should come back?
    """
    return np.eye(n_classes)[y.astype(int)].sum(axis=0)


@slip("whole-columns-marked", "table")
def _columns(y: Any, n_classes: Any) -> Any:
    """Whole columns are marked, where one entry of each row is wanted.

    table[:, y] = 1 means every row, for each of these columns; rows and columns must be paired.
    And in [[0] * k] * n all rows are one and the same list.

    Hint: Which rows does the colon choose?
    """
    table = np.zeros((len(y), n_classes))
    table[:, y.astype(int)] = 1
    return table


@slip("whole-rows-marked", "table")
def _rows(y: Any, n_classes: Any) -> Any:
    """Whole rows are marked, where one entry of each row is wanted.

    table[y] = 1 takes the labels for rows and fills each of these; rows and columns must be paired.

    Hint: What do the labels count, rows or columns?
    """
    table = np.zeros((len(y), n_classes))
    table[y.astype(int)] = 1
    return table


@slip("flattened", "table")
def _flattened(y: Any, n_classes: Any) -> Any:
    """The table is flattened.

    One long row holds the same numbers, in another shape.

    Hint: Which shape is asked for?
    """
    return np.eye(n_classes)[y.astype(int)].ravel()


@slip("wrong-size", "table")
def _square(y: Any, n_classes: Any) -> Any:
    """The table has the wrong size.

    It has a row for each sample and a column for each class.

    Hint: Which of the two numbers is which?
    """
    return np.eye(len(y))[y.astype(int)]


@slip("wrong-size", "table")
def _as_many_rows_as_classes(y: Any, n_classes: Any) -> Any:
    table = np.zeros((n_classes, n_classes))
    table[np.arange(len(y)), y.astype(int)] = 1
    return table
