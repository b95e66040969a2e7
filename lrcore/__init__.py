"""Logistic regression from first principles: the package that every chapter of the book imports.

The modules, mathematics first, then what teaches it:

===========  =====================================================================
activations  sigmoid, softmax and their logarithms
losses       from labels and predictions to one number: the mean loss
gradients    the derivative of that number, as a loop and as matrix algebra
optimizers   gradient descent and its relatives, and Newton's method
estimators   classifiers that keep scikit-learn's contract
distributed  the linear ones, fitted where Dask holds the rows
autodiff     a computation graph that differentiates itself
derivation   chains of equations, each one checked
datasets     the book's data
plots        the book's figures
charts       the book's charts that answer to sliders
mistakes     known wrong answers to the exercises, each with its name and its cure
checks       whether an answer is right, and which mistake it makes
===========  =====================================================================

Rows are samples, losses are means over samples in nats, truth comes before prediction.
Everything listed in ``__all__`` can be imported from here; a module is loaded when one of its
names is first used, so ``import lrcore`` itself loads nothing, not even NumPy.
"""

from importlib import import_module as _import_module

__version__ = "0.1.0"

_NAMES = {
    "activations": "sigmoid sigmoid_derivative log_sigmoid logsumexp softmax log_softmax",
    "losses": "one_hot squared_error binary_cross_entropy binary_cross_entropy_from_logits "
    "softmax_cross_entropy",
    "gradients": "logistic_gradient_loop logistic_gradient softmax_gradient_loop softmax_gradient "
    "two_layer_gradient_loop two_layer_gradient numerical_gradient gradient_check",
    "optimizers": "gradient_descent momentum adam newton lbfgs",
    "estimators": "LogisticRegression SoftmaxRegression TwoLayerClassifier",
    "autodiff": "Value",
    "derivation": "Derivation check_steps",
    "datasets": "",
    "plots": "",
    "mistakes": "",
    "checks": "check mutants",
}
_EXTRAS = ["distributed", "charts"]  # need packages that lrcore itself does not: no part of "*"
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [*_HOME, *_NAMES]


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562) and keep it."""
    if name not in __dir__():
        raise AttributeError(f"module 'lrcore' has no attribute {name!r}")
    module = _import_module(f"lrcore.{_HOME.get(name, name)}")
    value = getattr(module, name) if name in _HOME else module
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_EXTRAS})
