"""Classifiers with scikit-learn's contract, on top of this package's losses and optimizers."""

from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._fitting.classifier import Classifier
from ._fitting.incremental import IncrementalClassifier
from ._fitting.objectives import Logistic, Softmax, TwoLayerObjective
from ._fitting.rows import Data, Rows
from ._fitting.summary import Summary
from ._validation import Floats, as_count
from .activations import sigmoid


class LogisticRegression(IncrementalClassifier):
    r"""Classify into two classes: a linear score, a sigmoid, and the mean cross-entropy.

    .. math:: P(y = 1 \mid x) = \sigma(w^\top x + b), \qquad
       \min_{w, b}\; -\frac1n \sum_{i=1}^n \bigl[y_i \log p_i + (1 - y_i) \log(1 - p_i)\bigr]
       + \frac{\lambda}{2} \|w\|^2

    Parameters
    ----------
    l2 : float, default 0.0
        Strength :math:`\lambda` of the penalty ``l2/2 * ||w||^2`` on the mean loss; the bias is not
        penalized.  scikit-learn's ``C`` is ``1 / (l2 * n_samples)``.
    solver : {"newton", "gd", "sgd", "momentum", "adam"}, default "newton"
        How to find the minimum: Newton's method; gradient descent with all rows at each step, or
        with a few (sgd); gradient descent with momentum; Adam.
    learning_rate : float, default 0.1
        Step size of all solvers but newton.  On features of very different scales no step size is
        good: standardize them first.
    max_iter : int, default 1000
        The largest number of steps; with mini-batches, of passes over the rows.
    tol : float or None, default 1e-8
        Converged means that no entry of the gradient is larger.  With None, the solver makes
        `max_iter` iterations, and nothing is claimed or checked.
    batch_size : int, optional
        Rows for each step of sgd (32 if not given), momentum and adam (all if not given).
    fit_intercept : bool, default True
        Whether the model has a bias.
    random_state : int, numpy.random.RandomState or None
        Decides the order of the rows in mini-batches.
    verbose : bool, default False
        Whether to print the loss while fitting: at each iteration of newton, at every 100th of the
        others.

    Attributes
    ----------
    coef_ : ndarray, shape (1, n_features)
        Weights.
    intercept_ : ndarray, shape (1,)
        Bias.
    classes_ : ndarray, shape (2,)
        The labels, sorted; the second one is the positive class.
    n_iter_ : int
        Number of iterations made.
    loss_history_ : list of float
        The loss, penalty included, before each iteration; ``n_iter_`` entries.
    standard_errors_ : ndarray, shape (1, n_features + 1)
        Standard errors of the weights and, in the last column, of the bias (no such column if
        `fit_intercept` is false).  They exist at a maximum of the likelihood only: for ``l2=0``,
        ``solver="newton"``, a `tol`, and a `fit` (not a `partial_fit`) without a warning.
    log_likelihood_ : float
        Logarithm of the likelihood of the data, in nats: minus the loss, times the number of rows
        (the sum of their weights).  Available when `standard_errors_` is.
    n_features_in_ : int
        Number of columns seen by fit.
    feature_names_in_ : ndarray, shape (n_features,)
        Column names, if fit was given a frame whose columns have names.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        If the minimum was not reached: too few iterations, too long a step, classes that a plane
        separates (without a penalty there is then no minimum), or linearly dependent columns
        (there are then many).

    Notes
    -----
    Newton's method standardizes the columns inside and undoes it in the result, so the units of
    measurement do not matter.  :doc:`Chapter 9 </09_a_classifier_you_can_use>` of the book builds
    the class step by step; :doc:`chapter 13 </13_the_same_model_in_scikit_learn>` derives its
    solver, its standard errors and when there is no minimum; :doc:`chapter 16
    </16_speed_and_scale>` shows how it spares itself most of the passes where rows are many.

    References
    ----------
    D. R. Cox, "The regression analysis of binary sequences", Journal of the Royal Statistical
    Society B 20(2), 1958, pp. 215-242.

    Examples
    --------
    >>> hours = [[0.5], [1.0], [1.5], [2.0], [2.5], [3.0], [3.5], [4.0]]
    >>> passed = [0, 0, 0, 1, 0, 1, 1, 1]
    >>> model = LogisticRegression().fit(hours, passed)
    >>> print(f"weight {model.coef_[0, 0]:.4f}, bias {model.intercept_[0]:.4f}")
    weight 2.5646, bias -5.7703
    >>> model.predict([[1.0], [3.0]])
    array([0, 1])
    >>> print(model.predict_proba([[2.25]]).round(4))
    [[0.5 0.5]]
    >>> model.summary()
            coefficient   std. error            z      p-value   odds ratio
    x0            2.565        1.721         1.49       0.1361           13
    (bias)        -5.77        4.036        -1.43       0.1528     0.003119
    log-likelihood: -2.50305
    """

    def _scores(self, *, free: bool) -> Logistic:
        return Logistic()

    @np.errstate(all="ignore")
    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Score samples: ``X @ w + b``, the log-odds of the second class.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples,)
            Scores in nats; positive where the second class is the more likely one.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.
        ValueError
            If `X` is not 2-D, holds nan or inf, or has another number of columns than in fit.
        """
        return self._fitted_rows(X) @ self.coef_[0] + self.intercept_[0]

    def summary(self) -> Summary:
        """Tabulate the coefficients with their standard errors, as statistics programs do.

        Returns
        -------
        Summary
            Prints as a table.  Its attributes are `names`, `coefficients`, `standard_errors`, `z`,
            `p_values` (two-sided, by the normal distribution), `odds_ratios`, in the order of the
            features with the bias last, and `log_likelihood`.

        Raises
        ------
        AttributeError
            If the fit is not known to be at a maximum of the likelihood: see `standard_errors_`.

        Notes
        -----
        :doc:`Chapter 13 </13_the_same_model_in_scikit_learn>` of the book derives the standard
        errors, and makes intervals for the odds ratios of them.
        """
        errors = self.standard_errors_[0]
        names = [*self._names(), "(bias)"][: len(errors)]
        coefficients = np.append(self.coef_[0], self.intercept_)[: len(errors)]
        return Summary(names, coefficients, errors, self.log_likelihood_)


class SoftmaxRegression(IncrementalClassifier):
    r"""Classify into any number of classes: linear scores, a softmax, the mean cross-entropy.

    .. math:: P(y = k \mid x) = \operatorname{softmax}(W^\top x + b)_k, \qquad
       \min_{W, b}\; -\frac1n \sum_{i=1}^n \log P(y_i \mid x_i) + \frac{\lambda}{2} \|W\|^2

    Parameters
    ----------
    l2 : float, default 0.0
        Strength :math:`\lambda` of the penalty ``l2/2 * ||W||^2`` on the mean loss; the biases are
        not penalized.  scikit-learn's ``C`` is ``1 / (l2 * n_samples)``.
    solver : {"newton", "gd", "sgd", "momentum", "adam"}, default "newton"
        How to find the minimum: Newton's method; gradient descent with all rows at each step, or
        with a few (sgd); gradient descent with momentum; Adam.
    learning_rate : float, default 0.1
        Step size of all solvers but newton.  On features of very different scales no step size is
        good: standardize them first.
    max_iter : int, default 1000
        The largest number of steps; with mini-batches, of passes over the rows.
    tol : float or None, default 1e-8
        Converged means that no entry of the gradient is larger.  With None, the solver makes
        `max_iter` iterations, and nothing is claimed or checked.
    batch_size : int, optional
        Rows for each step of sgd (32 if not given), momentum and adam (all if not given).
    fit_intercept : bool, default True
        Whether the model has biases.
    random_state : int, numpy.random.RandomState or None
        Decides the order of the rows in mini-batches.
    verbose : bool, default False
        Whether to print the loss while fitting: at each iteration of newton, at every 100th of the
        others.

    Attributes
    ----------
    coef_ : ndarray, shape (n_classes, n_features)
        Weights, ``W.T``; each column sums to zero.
    intercept_ : ndarray, shape (n_classes,)
        Biases; they sum to zero.
    classes_ : ndarray, shape (n_classes,)
        The labels, sorted.
    n_iter_ : int
        Number of iterations made.
    loss_history_ : list of float
        The loss, penalty included, before each iteration; ``n_iter_`` entries.
    standard_errors_ : ndarray, shape (n_classes, n_features + 1)
        Standard errors of the weights and, in the last column, of the bias of each
        class (no such column if `fit_intercept` is false).  They exist at a maximum of the
        likelihood only: for ``l2=0``, ``solver="newton"``, a `tol`, and a `fit` (not a
        `partial_fit`) without a warning.
    log_likelihood_ : float
        Logarithm of the likelihood of the data, in nats: minus the loss, times the number of rows
        (the sum of their weights).  Available when `standard_errors_` is.
    n_features_in_ : int
        Number of columns seen by fit.
    feature_names_in_ : ndarray, shape (n_features,)
        Column names, if fit was given a frame whose columns have names.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        If the minimum was not reached: too few iterations, too long a step, classes that planes
        separate (without a penalty there is then no minimum), or linearly dependent columns
        (there are then many).

    See Also
    --------
    LogisticRegression : the same for two classes, with half as many parameters.

    Notes
    -----
    The softmax does not change when the same number is added to the scores of all classes, so the
    same vector may be added to all rows of ``coef_``.  Of all these equal models the one of
    smallest norm is returned: its weights, and its biases, sum to zero over the classes.  For two
    classes the difference of the two rows is the weight vector of :class:`LogisticRegression` with
    half the `l2`, because a weight w is then split into w/2 and -w/2.
    :doc:`Chapter 10 </10_more_than_two_classes>` of the book derives it.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs, with
    relationships to statistical pattern recognition", in: Neurocomputing, Springer, 1990,
    pp. 227-236, doi:10.1007/978-3-642-76153-9_28.

    Examples
    --------
    >>> hours = [[0.5], [1.0], [1.5], [2.0], [2.5], [3.0], [3.5], [4.0], [4.5], [5.0]]
    >>> grade = ["C", "C", "C", "B", "C", "B", "A", "B", "A", "A"]
    >>> model = SoftmaxRegression().fit(hours, grade)
    >>> print(*model.predict([[1.0], [3.0], [4.5]]))
    C B A
    >>> print(model.predict_proba([[3.0]]).round(4))
    [[0.1353 0.7345 0.1302]]
    """

    _two_classes_only = False

    def _scores(self, *, free: bool) -> Softmax:
        return Softmax(len(self.classes_), free=free)

    def _keep(self, W: Floats, b: Floats) -> None:
        # softmax(z + c) = softmax(z): of all the vectors c, this one leaves the smallest norm
        super()._keep(W - W.mean(axis=1, keepdims=True), b - b.mean())

    @np.errstate(all="ignore")
    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Score samples: ``X @ W + b``, the logarithms of probabilities up to a common number.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples, n_classes), or (n_samples,) for two classes
            Scores in nats, in the order of ``classes_``; for two classes the lead of the second one
            over the first.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.
        ValueError
            If `X` is not 2-D, holds nan or inf, or has another number of columns than in fit.
        """
        Z = self._fitted_rows(X) @ self.coef_.T + self.intercept_
        return Z[:, 1] - Z[:, 0] if len(self.classes_) == 2 else Z


class TwoLayerClassifier(Classifier):
    r"""Classify into two classes with a network: one hidden layer of sigmoids, then a sigmoid.

    .. math:: P(y = 1 \mid x) = \sigma\bigl(W_2^\top \sigma(W_1^\top x + b_1) + b_2\bigr), \qquad
       \min\; -\frac1n \sum_{i=1}^n \bigl[y_i \log p_i + (1 - y_i) \log(1 - p_i)\bigr]

    Parameters
    ----------
    n_hidden : int, default 8
        Number of hidden units.
    solver : {"adam", "gd", "sgd", "momentum"}, default "adam"
        How to walk downhill: Adam; gradient descent with all rows at each step, or with a few
        (sgd); gradient descent with momentum.
    learning_rate : float, default 0.1
        Step size.
    max_iter : int, default 10000
        The largest number of steps; with mini-batches, of passes over the rows.
    tol : float or None, default 1e-4
        Converged means that no entry of the gradient is larger.  With None, the solver makes
        `max_iter` iterations, and nothing is claimed or checked.
    batch_size : int, optional
        Rows for each step of sgd (32 if not given), momentum and adam (all if not given).
    random_state : int, numpy.random.RandomState or None
        Decides the starting point, and the order of the rows in mini-batches.
    verbose : bool, default False
        Whether to print the loss at every 100th iteration.

    Attributes
    ----------
    W1_ : ndarray, shape (n_features, n_hidden)
        Weights of the hidden layer.
    b1_ : ndarray, shape (n_hidden,)
        Biases of the hidden layer.
    W2_ : ndarray, shape (n_hidden, 1)
        Weights of the output.
    b2_ : ndarray, shape (1,)
        Bias of the output.
    classes_ : ndarray, shape (2,)
        The labels, sorted; the second one is the positive class.
    n_iter_ : int
        Number of iterations made.
    loss_history_ : list of float
        The loss before each iteration; ``n_iter_`` entries.
    n_features_in_ : int
        Number of columns seen by fit.
    feature_names_in_ : ndarray, shape (n_features,)
        Column names, if fit was given a frame whose columns have names.

    Warns
    -----
    sklearn.exceptions.ConvergenceWarning
        If the gradient did not become as small as `tol`: too few iterations, or too long a step.

    Notes
    -----
    Hidden units that start alike stay alike, so the weights start at random: normal, with mean 0
    and variance 1/n_features for `W1`, 1/n_hidden for `W2`, so that sums are about as large as
    their terms.  The biases start at 0.  The loss has many minima and flat places besides; a small
    gradient says that the walk ended, not that no better point exists: compare a few values of
    `random_state`.  Standardize the features first.  :doc:`Chapter 11 </11_one_hidden_layer>` of
    the book derives it.

    References
    ----------
    G. Cybenko, "Approximation by superpositions of a sigmoidal function", Mathematics of Control,
    Signals and Systems 2, 1989, pp. 303-314, doi:10.1007/BF02551274.

    Examples
    --------
    No line separates the two classes of "exclusive or"; two layers do.

    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> model = TwoLayerClassifier(n_hidden=4, random_state=0).fit(X, y)
    >>> model.predict(X)
    array([0, 1, 1, 0])
    """

    W1_: Floats
    b1_: Floats
    W2_: Floats
    b2_: Floats

    def __init__(
        self,
        *,
        n_hidden: int = 8,
        solver: str = "adam",
        learning_rate: float = 0.1,
        max_iter: int = 10000,
        tol: float | None = 1e-4,
        batch_size: int | None = None,
        random_state: Any = None,
        verbose: bool = False,
    ) -> None:
        self.n_hidden = n_hidden
        self.solver = solver
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.tol = tol
        self.batch_size = batch_size
        self.random_state = random_state
        self.verbose = verbose

    def _check_parameters(self) -> None:
        as_count("n_hidden", self.n_hidden, least=1)
        super()._check_parameters()

    def _objective(self, rows: Data) -> TwoLayerObjective:
        return TwoLayerObjective(cast(Rows, rows), int(self.n_hidden))

    def _start(self, objective: TwoLayerObjective, rng: np.random.RandomState) -> Floats:
        theta = np.zeros(objective.n_params)
        W1, _, W2, _ = objective.parts(theta)  # views of theta
        W1[:] = rng.normal(size=W1.shape) / np.sqrt(len(W1))
        W2[:] = rng.normal(size=W2.shape) / np.sqrt(len(W2))
        return theta

    def _store(self, objective: TwoLayerObjective, theta: Floats) -> None:
        self.W1_, self.b1_, self.W2_, self.b2_ = objective.parts(theta)

    @np.errstate(all="ignore")
    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Score samples: what the output's sigmoid is applied to, the log-odds of the second class.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray, shape (n_samples,)
            Scores in nats; positive where the second class is the more likely one.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the estimator has not been fitted.
        ValueError
            If `X` is not 2-D, holds nan or inf, or has another number of columns than in fit.
        """
        A = sigmoid(self._fitted_rows(X) @ self.W1_ + self.b1_)
        return np.asarray(A @ self.W2_[:, 0] + self.b2_[0])
