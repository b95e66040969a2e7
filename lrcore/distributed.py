"""The linear classifiers, for rows that lie on several machines: Dask holds them and does the work.

A loss is a sum over rows.  So each machine sums over the rows it holds, and what travels is one sum
for each block of them: the loss and its gradient, d + 2 numbers for d features and two classes.
Only a sample of the rows travels too, once, to start from.
:doc:`Chapter 16 </16_speed_and_scale>` of the book shows it.

It needs Dask: ``pip install "dask[array,dataframe]" distributed``.
"""

from . import estimators
from ._fitting.on_dask import OnDask


class LogisticRegression(OnDask, estimators.LogisticRegression):
    """:class:`~lrcore.estimators.LogisticRegression`, fitted where Dask holds the rows.

    Parameters, attributes and all methods but `fit` are those of that class.  To predict for rows
    that Dask holds, map a method over the blocks: ``X.map_blocks(model.predict, drop_axis=1)``.

    See Also
    --------
    lrcore.estimators.LogisticRegression : the same for rows in memory.

    Examples
    --------
    >>> import dask.array
    >>> hours = dask.array.from_array([[0.5], [1.0], [1.5], [2.0], [2.5], [3.0], [3.5], [4.0]])
    >>> passed = dask.array.from_array([0, 0, 0, 1, 0, 1, 1, 1])
    >>> model = LogisticRegression().fit(hours.rechunk((4, 1)), passed.rechunk(4))
    >>> print(f"weight {model.coef_[0, 0]:.4f}, bias {model.intercept_[0]:.4f}")
    weight 2.5646, bias -5.7703
    """


class SoftmaxRegression(OnDask, estimators.SoftmaxRegression):
    """:class:`~lrcore.estimators.SoftmaxRegression`, fitted where Dask holds the rows.

    Parameters, attributes and all methods but `fit` are those of that class.

    See Also
    --------
    lrcore.estimators.SoftmaxRegression : the same for rows in memory.
    """
