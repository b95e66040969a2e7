"""The arrows between modules, the lazy front door, the signatures and the docstrings."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import numpydoc.docscrape
import numpydoc.validate
import pytest

import lrcore

PACKAGE = Path(lrcore.__file__).parent

# In the order of the book; each may import from the modules above it that are named here, from
# the packages named here, and from the standard library.  A dot stands for its own package.
ARROWS = {
    "_validation": "numpy",
    "activations": "numpy _validation",
    "losses": "numpy _validation activations",
    "gradients": "numpy _validation activations losses",
    "optimizers": "numpy scipy.linalg _validation",
    "_fitting.rows": "numpy _validation",
    "_fitting.objectives": "numpy scipy.linalg _validation activations .rows",
    "_fitting.search": "numpy scipy.linalg _validation optimizers .objectives",
    "_fitting.classifier": (
        "numpy scipy.sparse sklearn _validation activations optimizers .objectives .rows"
    ),
    "_fitting.summary": "numpy scipy.linalg scipy.special _validation .rows",
    "_fitting.linear": (
        "numpy scipy.linalg sklearn _validation optimizers .rows .objectives .search "
        ".classifier .summary"
    ),
    "_fitting.blocks": "numpy _validation .rows",
    "_fitting.incremental": (
        "numpy sklearn tqdm _validation optimizers .rows .objectives .classifier .linear .blocks"
    ),
    "estimators": (
        "numpy _validation activations _fitting.rows _fitting.objectives _fitting.classifier "
        "_fitting.summary _fitting.incremental"
    ),
    "_fitting.on_dask": "numpy dask _validation .rows .blocks .incremental",
    "distributed": "estimators _fitting.on_dask",
    "_graph": "_validation",
    "autodiff": "numpy _validation activations _graph",
    "_symbolic.evaluation": "mpmath sympy",
    "_symbolic.definitions": "sympy .evaluation",
    "_symbolic.equality": "mpmath sympy .evaluation .definitions",
    "_symbolic.parsing": "sympy .evaluation",
    "_symbolic.typesetting": "sympy",
    "derivation": (
        "numpy sympy activations _symbolic.definitions _symbolic.evaluation "
        "_symbolic.equality _symbolic.parsing _symbolic.typesetting"
    ),
    "datasets": "numpy sklearn _validation",
    "_palette": "",
    "plots": "numpy matplotlib _palette _validation activations",
    "_charts.vega_lite": "",
    "_charts.frame": "_palette .vega_lite vl_convert",
    "_charts.marks": "numpy altair .frame",
    "_charts.prediction": "numpy altair _validation activations losses .frame .marks",
    "_charts.fits": (
        "numpy altair contourpy _validation losses gradients optimizers estimators datasets "
        ".frame .marks"
    ),
    "_charts.threshold": "numpy altair _validation estimators datasets .frame .marks",
    "charts": "_charts.prediction _charts.fits _charts.threshold",
    "_exercises.recipes": "numpy activations",
    "_exercises.cases": "numpy",
    "_exercises.tasks": "numpy activations losses gradients .recipes .cases",
    "_exercises.slips": "numpy .recipes",
    "_exercises.mistakes_sigmoid": "numpy activations .slips",
    "_exercises.mistakes_softmax": "numpy activations .recipes .slips",
    "_exercises.mistakes_losses": "numpy activations .recipes .slips",
    "_exercises.mistakes_gradients": "numpy activations .recipes .slips",
    "_exercises.mistakes_steps": "numpy activations .recipes .slips",
    "_exercises.mistakes_fits": "numpy .recipes .slips",
    "_exercises.mistakes_labels": "numpy .slips",
    "_exercises.mistakes_results": "numpy .recipes .slips",
    "_checking.sandbox": "numpy",
    "_checking.rehearsal": "threadpoolctl",
    "_checking.trial": "numpy _exercises.cases _exercises.tasks .rehearsal .sandbox",
    "_checking.behaviour": (
        "_exercises.tasks _exercises.slips .trial _exercises.mistakes_sigmoid "
        "_exercises.mistakes_softmax _exercises.mistakes_losses _exercises.mistakes_gradients "
        "_exercises.mistakes_steps _exercises.mistakes_fits _exercises.mistakes_labels "
        "_exercises.mistakes_results"
    ),
    "mistakes": "_checking.behaviour _exercises.tasks _exercises.slips",
    "_checking.factors": (
        "numpy .behaviour _exercises.cases _exercises.tasks _exercises.slips .trial"
    ),
    "_checking.diagnosis": "numpy .behaviour .factors _exercises.slips .trial",
    "_checking.verdict": "numpy",
    "_checking.errors": ".sandbox .verdict",
    "_checking.patterns": "numpy _exercises.tasks .factors _exercises.slips .trial .verdict",
    "_checking.fragility": "numpy .diagnosis .sandbox _exercises.slips .trial .verdict",
    "_checking.mutants": (
        "numpy _exercises.recipes .behaviour _exercises.tasks .sandbox _exercises.slips"
    ),
    "checks": (
        "numpy _exercises.tasks _checking.sandbox _exercises.slips _checking.trial "
        "_checking.diagnosis _checking.errors _checking.fragility _checking.patterns "
        "_checking.verdict _checking.mutants"
    ),
    "_checking.workbook": "_exercises.tasks .sandbox",
    "__main__": "_checking.workbook _exercises.tasks _checking.verdict checks",
}
MAY_IMPORT = {
    module: {(module.rpartition(".")[0] if n[0] == "." else "") + n for n in names.split()}
    for module, names in ARROWS.items()
}
MODULES = list(MAY_IMPORT)
ONLY_FOR_PLOTS = "matplotlib"


def imports_of(source, package="lrcore"):
    """Return what a module's import statements name: packages, `lrcore` and siblings without it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [package if node.level else "", node.module]))
            inner = {f"{base}.{alias.name}" for alias in node.names}
            names |= {n if n.removeprefix("lrcore.") in MAY_IMPORT else base for n in inner}
    siblings = {name.removeprefix("lrcore.") for name in names if name.startswith("lrcore")}
    return siblings, {n for n in names if not n.startswith("lrcore")}


def is_allowed(name, allowed):
    return name.split(".")[0] in sys.stdlib_module_names or any(
        name == a or name.startswith(a + ".") for a in allowed
    )


def test_every_module_has_its_place_in_the_list():
    paths = [p.relative_to(PACKAGE) for p in PACKAGE.rglob("*.py") if p.stem != "__init__"]
    assert {".".join(p.with_suffix("").parts) for p in paths} == set(MODULES)


def imports_of_module(module):
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    return imports_of(path.read_text("utf-8"), ".".join(["lrcore", *module.split(".")[:-1]]))


@pytest.mark.parametrize("module", MODULES)
def test_arrows_point_up_the_list(module):
    siblings, packages = imports_of_module(module)
    assert siblings <= MAY_IMPORT[module]
    assert siblings <= set(MODULES[: MODULES.index(module)])
    assert [name for name in packages if not is_allowed(name, MAY_IMPORT[module])] == []


def test_only_plots_imports_matplotlib():
    drawing = [
        module
        for module in MODULES
        if any(name.split(".")[0] == ONLY_FOR_PLOTS for name in imports_of_module(module)[1])
    ]
    assert drawing == ["plots"]


def test_the_front_door_imports_nothing_at_once():
    siblings, packages = imports_of((PACKAGE / "__init__.py").read_text("utf-8"))
    assert siblings == set()
    assert packages == {"importlib"}


@pytest.mark.parametrize(
    ("source", "siblings", "packages"),
    [
        ("import a.b, c", set(), {"a.b", "c"}),
        ("from a.b import c", set(), {"a.b"}),
        ("from .losses import one_hot", {"losses"}, set()),
        ("from . import losses, plots", {"losses", "plots"}, set()),
        ("from lrcore.losses import one_hot", {"losses"}, set()),
        ("def f():\n    import lrcore.plots", {"plots"}, set()),
    ],
)
def test_the_reader_of_imports_misses_none(source, siblings, packages):
    assert imports_of(source) == (siblings, packages)


def test_a_prefix_of_a_name_is_not_the_name():
    assert is_allowed("scipy.linalg", {"scipy.linalg"})
    assert is_allowed("sklearn.base", {"sklearn"})
    assert not is_allowed("scipy.optimize", {"scipy.linalg"})
    assert not is_allowed("scipy", {"scipy.linalg"})
    assert not is_allowed("sklearnex", {"sklearn"})


# The front door -------------------------------------------------------------------------------


def modules_after(statement):
    """Run `statement` in a new interpreter and return the packages that it loaded."""
    code = f"import sys; {statement}; print(*{{m.split('.')[0] for m in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


HEAVY = {
    "numpy",
    "scipy",
    "sklearn",
    "matplotlib",
    "torch",
    "sympy",
    "pandas",
    "altair",
    "vl_convert",
}


@pytest.mark.parametrize(
    ("statement", "loaded"),
    [
        ("import lrcore; dir(lrcore)", set()),
        ("from lrcore import sigmoid, binary_cross_entropy, logistic_gradient", {"numpy"}),
        ("from lrcore import adam", {"numpy", "scipy"}),
        ("from lrcore import Value; Value(1.0).draw()", {"numpy"}),
        ("from lrcore import Derivation", {"numpy", "sympy"}),
        ("from lrcore import datasets", {"numpy"}),
        ("from lrcore import check; check('sigmoid', abs)", {"numpy"}),
    ],
)
def test_an_import_loads_no_more_than_it_needs(statement, loaded):
    assert modules_after(statement) & HEAVY == loaded


def test_every_public_name_resolves_and_is_listed_once():
    assert len(set(lrcore.__all__)) == len(lrcore.__all__)
    for name in lrcore.__all__:
        value = getattr(lrcore, name)
        assert value is getattr(lrcore, name)
        if not inspect.ismodule(value):
            assert value.__name__ == name
            assert value.__module__.startswith("lrcore.")
    listed = dir(lrcore)
    assert set(lrcore.__all__) <= set(listed)
    assert listed == sorted(set(listed))


def test_public_modules_are_public_names():
    public = {m for m in MODULES if not m.startswith("_")}
    assert public <= set(dir(lrcore))
    assert public - set(lrcore.__all__) == {"charts", "distributed"}  # extras are not installed
    assert all(inspect.ismodule(getattr(lrcore, m)) for m in MODULES if not m.startswith("_"))


def test_a_star_import_gives_every_public_name():
    namespace = {}
    exec("from lrcore import *", namespace)
    assert set(lrcore.__all__) <= set(namespace)


@pytest.mark.parametrize("name", ["sigmoids", "_HOM", "numpy", ""])
def test_an_unknown_name_is_an_attribute_error_that_names_it(name):
    with pytest.raises(AttributeError, match=f"^module 'lrcore' has no attribute '{name}'$"):
        getattr(lrcore, name)
    assert not hasattr(lrcore, name)


def test_the_package_says_its_version_and_ships_its_types():
    assert lrcore.__version__.count(".") == 2
    assert (PACKAGE / "py.typed").exists()


# Signatures -----------------------------------------------------------------------------------

DESCENT = "value_and_gradient, params, *, learning_rate, n_iter"
LINEAR = (
    "*, l2=0.0, solver='newton', learning_rate=0.1, max_iter=1000, "
    "tol=1e-08, batch_size=None, fit_intercept=True, random_state=None, verbose=False"
)
CLASSES = ["LogisticRegression", "SoftmaxRegression", "TwoLayerClassifier"]
METHOD = {
    "fit": "self, X, y, sample_weight=None",
    "predict": "self, X",
    "predict_proba": "self, X",
    "decision_function": "self, X",
    "score": "self, X, y, sample_weight=None",
}
SIGNATURES = {
    "sigmoid": "z",
    "sigmoid_derivative": "z",
    "log_sigmoid": "z",
    "softmax": "Z, axis=-1",
    "log_softmax": "Z, axis=-1",
    "logsumexp": "Z, axis=-1",
    "one_hot": "y, n_classes=None",
    "squared_error": "y, p",
    "binary_cross_entropy": "y, p",
    "binary_cross_entropy_from_logits": "y, z",
    "softmax_cross_entropy": "y, Z",
    "logistic_gradient_loop": "X, y, w, b, *, l2=0.0",
    "logistic_gradient": "X, y, w, b, *, l2=0.0",
    "softmax_gradient_loop": "X, y, W, b, *, l2=0.0",
    "softmax_gradient": "X, y, W, b, *, l2=0.0",
    "two_layer_gradient_loop": "X, y, W1, b1, W2, b2",
    "two_layer_gradient": "X, y, W1, b1, W2, b2",
    "numerical_gradient": "f, x",
    "gradient_check": "f, gradient, x, *, tolerance=1e-06",
    "gradient_descent": f"{DESCENT}, callback=None",
    "momentum": f"{DESCENT}, decay=0.9, callback=None",
    "adam": f"{DESCENT}, decay=0.9, square_decay=0.999, epsilon=1e-08, callback=None",
    "newton": "value_gradient_hessian, params, *, tol=1e-08, max_iter=100, callback=None",
    "lbfgs": "value_and_gradient, params, *, inverse_hessian=None, tol=1e-08, max_iter=1000, "
    "memory=20, callback=None",
    "LogisticRegression": LINEAR,
    "SoftmaxRegression": LINEAR,
    "TwoLayerClassifier": "*, n_hidden=8, solver='adam', learning_rate=0.1, max_iter=10000, "
    "tol=0.0001, batch_size=None, random_state=None, verbose=False",
    **{f"{name}.{method}": arguments for name in CLASSES for method, arguments in METHOD.items()},
    "LogisticRegression.summary": "self",
    "LogisticRegression.fit_blocks": "self, blocks, *, progress=False",
    "SoftmaxRegression.fit_blocks": "self, blocks, *, progress=False",
    "LogisticRegression.partial_fit": "self, X, y, classes=None, sample_weight=None",
    "SoftmaxRegression.partial_fit": "self, X, y, classes=None, sample_weight=None",
    "distributed.LogisticRegression": LINEAR,
    "distributed.SoftmaxRegression": LINEAR,
    "distributed.LogisticRegression.fit": "self, X, y, sample_weight=None",
    "distributed.SoftmaxRegression.fit": "self, X, y, sample_weight=None",
    "Value": "data, label=''",
    "Value.exp": "self",
    "Value.log": "self",
    "Value.sigmoid": "self",
    "Value.backward": "self",
    "Value.draw": "self, step=None",
    "Derivation": "start, *, domain=None, given=(), name=None",
    "Derivation.step": "self, expression, reason, *, relation='='",
    "Derivation.lambdify": "self, *arguments",
    "check_steps": "start, lines, *, domain=None, given=()",
    "datasets.load_breast_cancer": "",
    "datasets.make_clouds": "n_samples=200, random_state=0",
    "check": "exercise, answer",
    "mutants": "exercise",
    "mistakes.catalogue": "exercise",
    "plots.use_book_style": "",
    "plots.plot_sigmoid": "w=1.0, b=0.0, ax=None",
    "plots.plot_loss_history": "loss_history, ax=None, **line",
    "plots.plot_decision_boundary": "model, X, y, ax=None",
    "plots.plot_boundary_path": "path, ax=None",
    "plots.plot_loss_surface": "loss, first, second, path=None, ax=None",
    "charts.sigmoid_chart": "w=1.0, b=0.0",
    "charts.cost_chart": "p=0.2, y=1",
    "charts.boundary_chart": "X=None, y=None",
    "charts.descent_chart": "X=None, y=None",
    "charts.threshold_chart": "y=None, p=None",
    "charts.softmax_chart": "Z=(2.0, 1.0, 0.0)",
}


def resolve(name):
    value = lrcore
    for part in name.split("."):
        value = getattr(value, part)
    return value


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_is_the_designs(name):
    signature = inspect.signature(resolve(name))
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    got = str(inspect.Signature(bare))
    assert got == f"({SIGNATURES[name]})"


def public_callables():
    """Yield the dotted name of each public function and class, as defined in its module."""
    for module in MODULES:
        if module.startswith("_"):
            continue
        home = importlib.import_module(f"lrcore.{module}")
        for name, value in vars(home).items():
            own = getattr(value, "__module__", None) == home.__name__
            own |= name in getattr(home, "__all__", ())  # kept in a private module, shown here
            if own and callable(value) and not name.startswith("_"):
                yield f"lrcore.{module}.{name}"


PUBLIC = list(public_callables())
RECORDS = {  # what functions return or raise, and what SymPy calls in its own way
    "lrcore.gradients.GradientCheck", "lrcore.datasets.Dataset", "lrcore.derivation.Step",
    "lrcore.derivation.StepsCheck", "lrcore.derivation.StepError", "lrcore.derivation.sigma",
    "lrcore.mistakes.Mistake", "lrcore.checks.Verdict", "lrcore.checks.Evidence",
    "lrcore.checks.Mutants", "lrcore.checks.Score",
}  # fmt: skip


def test_every_public_function_and_class_has_its_signature_above():
    named = {resolve(name).__qualname__ for name in SIGNATURES}
    missing = [n for n in PUBLIC if n not in RECORDS and n.rsplit(".", 1)[1] not in named]
    assert missing == []
    at_the_door = [n for n in lrcore.__all__ if not inspect.ismodule(getattr(lrcore, n))]
    assert set(at_the_door) <= set(SIGNATURES)


# Docstrings -----------------------------------------------------------------------------------

METHODS = [
    f"{owner.__module__}.{name}"
    for name in SIGNATURES
    for owner in [resolve(name.split(".")[0])]
    if inspect.isclass(owner) and "." in name and not name.endswith(".score")  # not ours
]
MATHEMATICS = [
    name for name in PUBLIC if name.split(".")[1] in MODULES[1:5] and name not in RECORDS
]

# numpydoc's own checks, all of them but these:
NOT_ASKED = {
    "ES01",  # the formula stands where an extended summary would
    "SA01",  # See Also is for where there is something to see
    "SA03",  # and its entries go on in small letters
}
NOT_ASKED_OF = (
    {name: {"PR01", "EX01"} for name in RECORDS}  # Attributes; the function's example shows them
    | {name: {"EX01"} for name in METHODS}  # the class has the example
    # these two point to the classes whose parameters they have
    | {f"lrcore.distributed.{name}": {"PR01", "EX01"} for name in CLASSES[:2]}
    # they point to gradient_descent for the parameters that are the same
    | {f"lrcore.optimizers.{name}": {"PR03", "PR04"} for name in ("momentum", "adam")}
)
CHECKS = [
    f"{name}("
    for name in vars(importlib.import_module("lrcore._validation"))
    if name.startswith(("as_", "check_"))
]


@pytest.mark.parametrize("name", PUBLIC + METHODS)
def test_docstring_is_in_numpydocs_form(name):
    ignored = NOT_ASKED | NOT_ASKED_OF.get(name, set())
    errors = numpydoc.validate.validate(name)["errors"]
    assert [(code, words) for code, words in errors if code not in ignored] == []


@pytest.mark.parametrize("name", MATHEMATICS)
def test_docstring_of_a_mathematical_function_is_complete(name):
    doc = numpydoc.docscrape.FunctionDoc(resolve(name.removeprefix("lrcore.")))
    sections = ["Parameters", "Returns", "Raises", "Notes", "Examples"]
    if name.endswith("_loop"):  # its Notes and Raises too
        assert f":func:`{name.rsplit('.', 1)[1].removesuffix('_loop')}`" in str(doc)
    assert [section for section in sections if not doc[section]] == []
    assert "hapter " in " ".join(doc["Notes"]), "the docstring names the chapter of the book"
    arrays = [p for p in doc["Parameters"] + doc["Returns"] if p.type.startswith("array_like,")]
    assert [p.name for p in arrays if "shape" not in p.type] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_function_raises_stands_in_its_docstring(name):
    """Each public function that checks an argument says so; the checks are called in its body."""
    value = resolve(name.removeprefix("lrcore."))
    if inspect.isfunction(value):
        source = inspect.getsource(inspect.unwrap(value))
        checks = any(word in source for word in CHECKS)
        doc = numpydoc.docscrape.FunctionDoc(value)
        assert bool(doc["Raises"]) >= checks
