"""What an exception means in an answer to an exercise."""

import re

from .sandbox import Outcome
from .verdict import Remark

# (the exception, words in its message, the id, what it means in this place); the first that fits
_ERRORS = [
    (
        "TimeLimit",
        "",
        "endless-loop",
        "It does not come back in time: is there a loop that never ends, or far too many steps? "
        "(An import that takes long belongs above the function.)",
    ),
    ("Crash", "", "ends-python", "It ends Python itself, not just the function."),
    ("RecursionError", "", "endless-recursion", "It calls itself without end."),
    (
        "OverflowError",
        "",
        "overflow",
        "An exponential grows too large. Which one does, and for which scores? Arrange the formula "
        "so that only exponentials of numbers below 0 appear, in a softmax by subtracting each "
        "row's maximum.",
    ),
    ("MemoryError", "", "too-much-memory", "It asks for more memory than there is."),
    (
        "MissingResultError",
        "",
        "missing-result",
        "One of its results is None. Is each computed before it is returned? (A tensor's .grad is "
        "None until backward() was called, and for a tensor that was computed from others.)",
    ),
    (
        "StrangeResultError",
        "parts of different shapes",
        "nested-results",
        "Results of different shapes stand inside one another: return them all in one tuple, "
        "without brackets inside.",
    ),
    (
        "StrangeResultError",
        "",
        "not-numbers",
        "What it returns is no number and no array of a few numbers. A text, a dict or a generator "
        "(from yield, or from round brackets around a for) is neither.",
    ),
    (
        ".*",
        r"NoneType",
        "value-is-none",
        "A value in it is None. Does the function that made it return something? (A tensor's "
        ".grad is None until backward() was called.)",
    ),
    (
        "RuntimeError",
        r"dtype|desired output type",
        "tensor-types",
        "Tensors of different types meet, or of integers: give each dtype=torch.float64, the "
        "labels too.",
    ),
    (
        "RuntimeError",
        r"does not require grad",
        "no-gradient-wanted",
        "Nothing wants a gradient: make the tensors of the parameters with requires_grad=True.",
    ),
    (
        "RuntimeError",
        r"only for scalar outputs",
        "loss-of-each-sample",
        "backward() starts from one number: take the mean of the losses first.",
    ),
    (
        "RuntimeError",
        r"requires grad",
        "tensor-with-history",
        "A tensor that remembers how it was computed is no array: .detach().numpy() makes one.",
    ),
    (
        "TypeError",
        r"positional argument|unexpected keyword",
        "wrong-signature",
        "It does not take the arguments of the exercise.",
    ),
    (
        "TypeError",
        r"converted to (Python scalar|a scalar index)|must be real number|only length-1",
        "math-not-numpy",
        "Something that takes one number is given an array: float(), range(), np.arange(), a "
        "function of math. np.exp and np.log take whole arrays.",
    ),
    (
        "TypeError",
        r"bitwise_xor|for \^",
        "caret-for-power",
        "In Python ^ is no power: write ** for it.",
    ),
    (
        "TypeError",
        r"(float|int|ndarray)\d*' object is not callable",
        "missing-times-sign",
        "A number is called like a function: in Python a product needs its *, as in s * (1 - s).",
    ),
    (
        "TypeError",
        r"Cannot interpret .* as a data type",
        "shape-without-brackets",
        "np.zeros and np.ones take one shape, in brackets of its own: np.zeros((n, k)).",
    ),
    (
        "ValueError",
        r"truth value of an array",
        "if-on-array",
        "An `if` cannot decide for a whole array at once: use np.where, or one formula for all.",
    ),
    (
        "ValueError|IndexError",
        r"matmul|not aligned|broadcast|mismatch|inhomogeneous|same number of dimensions|"
        r"same as input",
        "shapes-do-not-fit",
        "The shapes of two arrays do not fit. Write the shape below each factor: is there a "
        "transpose too few or too many, or a sum along the wrong axis?",
    ),
    (
        ".*",
        r"Cannot cast ufunc",
        "integer-truncation",
        "It adds numbers with a fraction into an array of integers (as += and -= do): one that it "
        "was given, or one made like it (np.zeros_like). Make a new array: np.zeros(...), or "
        "w = w - ...",
    ),
    (
        ".*",
        r"read-only",
        "changes-its-input",
        "It writes its result into an array that it was given (as -= does). Make a new array: "
        "w = w - ...",
    ),
    (
        "IndexError",
        r"too many indices",
        "too-many-indices",
        "An array has fewer axes than it is given indices: a one-dimensional array has no columns.",
    ),
    (
        "IndexError",
        r"integer|valid indices",
        "index-not-integer",
        "An index is no integer: labels that are used as indices need an integer type.",
    ),
    (
        "IndexError",
        "",
        "index-out-of-range",
        "An index lies outside an array: does a loop run over the right axis?",
    ),
    ("LinAlgError", "[Ss]ingular", "singular-matrix", "A matrix that it inverts has no inverse."),
    (
        "LinAlgError",
        r"dimensional|square",
        "no-square-matrix",
        "What it inverts is no square matrix. np.linalg.solve(H, g) wants the matrix first.",
    ),
    (
        "UnboundLocalError",
        "",
        "used-before-assigned",
        "A name is used before it has a value: is it assigned only inside a branch or a loop?",
    ),
    (
        "NameError",
        "",
        "unknown-name",
        "A name is not defined: a typing error, or no import?",
    ),
    ("ZeroDivisionError", "", "division-by-zero", "It divides by zero."),
    (
        "AttributeError",
        "",
        "unknown-attribute",
        "It asks an object for what it does not have.",
    ),
    ("SystemExit", "", "leaves-the-program", "It ends the program instead of returning a result."),
    ("KeyboardInterrupt", "", "interrupted", "It was interrupted."),
    ("EOFError", "", "asks-a-question", "It asks for input; everything it needs is an argument."),
]


def on_error(outcome: Outcome) -> Remark:
    """Say what an exception means in this place."""
    for name, words, id, meaning in _ERRORS:
        if re.fullmatch(name, outcome.error or "") and re.search(words, outcome.words):
            return Remark(id, meaning)
    return Remark("raises", "It stops with an error.")
