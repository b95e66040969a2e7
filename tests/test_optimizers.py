"""The optimizers take the steps that PyTorch's take; Newton's method arrives in a few."""

import re

import mpmath
import numpy as np
import pytest
import scipy.optimize
import torch

from lrcore import adam, gradient_descent, lbfgs, momentum, newton

FIRST_ORDER = [gradient_descent, momentum, adam]
START = (np.array([1.5, -0.4]), np.array([[0.3, 2.0, -1.0]]))


def loss_of(v, W, exp=np.exp):
    """A bowl that is no parabola, of two parameters of different shapes."""
    return (exp(v) - v).sum() + 0.5 * (W**2).sum() + 0.1 * v.sum() * W.sum()


def value_and_gradient(params):
    v, W = params
    return loss_of(v, W), (np.exp(v) - 1 + 0.1 * W.sum(), W + 0.1 * v.sum())


def parabola(x):
    return float(x**2), 2.0 * x


# Oracles from outside -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("optimizer", "make", "options"),
    [
        (gradient_descent, lambda p: torch.optim.SGD(p, lr=0.1), {}),
        (momentum, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), {}),
        (momentum, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.3), {"decay": 0.3}),
        (adam, lambda p: torch.optim.Adam(p, lr=0.1), {}),
        (
            adam,
            lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.5, 0.8), eps=0.01),
            {"decay": 0.5, "square_decay": 0.8, "epsilon": 0.01},
        ),
    ],
)
def test_every_iterate_is_pytorchs(optimizer, make, options):
    theirs = [torch.tensor(a, requires_grad=True) for a in START]
    peer, expected = make(theirs), []
    for _ in range(25):
        peer.zero_grad()
        loss_of(*theirs, exp=torch.exp).backward()
        expected.append([t.detach().numpy().copy() for t in theirs])
        peer.step()
    ours = []
    optimizer(
        value_and_gradient,
        START,
        learning_rate=0.1,
        n_iter=25,
        callback=lambda i, params, *_: ours.append(params) and None,
        **options,
    )
    for mine, other in zip(ours, expected, strict=True):
        for a, b in zip(mine, other, strict=True):
            # 25 contracting steps of a few roundings each
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def test_newton_agrees_with_scipy():
    # scipy.optimize ships the Rosenbrock function with its derivatives; its minimum is (1, 1, 1)
    def rosenbrock(x):
        x = np.asarray(x)
        return (
            scipy.optimize.rosen(x),
            scipy.optimize.rosen_der(x),
            scipy.optimize.rosen_hess(x),
        )

    x, losses = newton(rosenbrock, [0.8, 1.1, 0.9])
    np.testing.assert_allclose(x, [1, 1, 1], rtol=1e-12)  # a last step squares an error of 1e-8
    assert losses == sorted(losses, reverse=True)


def test_newton_step_solves_the_linear_system():
    rng = np.random.default_rng(60)
    A = rng.normal(size=(5, 4))
    H, g = A.T @ A + np.eye(4), rng.normal(size=4)
    x, _ = newton(lambda x: (0.5 * x @ H @ x - g @ x, H @ x - g, H), np.zeros(4), max_iter=1)
    expected = mpmath.lu_solve(mpmath.matrix(H.tolist()), mpmath.matrix(g.tolist()))
    # condition number below 100
    np.testing.assert_allclose(x, [float(e) for e in expected], rtol=1e-13)


# First order ----------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_the_form_of_the_parameters_stays(optimizer):
    params, losses = optimizer(value_and_gradient, START, learning_rate=0.1, n_iter=3)
    assert isinstance(params, tuple)
    assert [p.shape for p in params] == [(2,), (1, 3)]
    assert len(losses) == 3
    assert all(type(loss) is float for loss in losses)
    x, _ = optimizer(parabola, 1, learning_rate=0.1, n_iter=3)
    assert isinstance(x, np.float64)
    x, _ = optimizer(lambda x: (x @ x, 2 * x), [1, 2], learning_rate=0.1, n_iter=3)
    assert x.dtype == np.float64
    assert x.shape == (2,)


@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_the_history_holds_the_loss_before_each_step(optimizer):
    seen = []

    def spy(x):
        seen.append(float(x))
        return parabola(x)

    x, losses = optimizer(spy, 2.0, learning_rate=0.1, n_iter=4)
    assert losses == [s**2 for s in seen]
    assert seen[0] == 2.0
    assert x not in seen


@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_the_start_is_not_changed_even_by_a_function_that_writes(optimizer):
    start = np.array([1.0, 2.0])

    def vandal(x):
        value, gradient = float(x @ x), 2 * x
        x[:] = 99
        return value, gradient

    x, losses = optimizer(vandal, start, learning_rate=0.1, n_iter=5)
    np.testing.assert_array_equal(start, [1, 2])
    kind, kind_losses = optimizer(lambda x: (x @ x, 2 * x), start, learning_rate=0.1, n_iter=5)
    np.testing.assert_array_equal(x, kind)
    assert losses == kind_losses


@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_no_steps_return_the_start(optimizer):
    x, losses = optimizer(parabola, 3.0, learning_rate=0.1, n_iter=0)
    assert x == 3.0
    assert losses == []


@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_a_true_callback_stops_there(optimizer):
    calls = []

    def callback(iteration, params, loss, gradient):
        calls.append((iteration, float(params), loss, float(gradient)))
        return iteration == 2

    x, losses = optimizer(parabola, 1.0, learning_rate=0.1, n_iter=9, callback=callback)
    assert [c[0] for c in calls] == [0, 1, 2]
    assert [c[2] for c in calls] == losses
    assert x == calls[-1][1]
    assert all(gradient == 2 * params for _, params, _, gradient in calls)


@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_descent_comes_down(optimizer):
    _, losses = optimizer(value_and_gradient, START, learning_rate=0.05, n_iter=400)
    at_minimum = scipy.optimize.minimize(
        lambda t: loss_of(t[:2], t[2:]), np.zeros(5), tol=1e-12
    ).fun
    # the slowest of the three is still 1e-7 away after 400 steps
    assert losses[-1] == pytest.approx(at_minimum, abs=1e-6)


def test_memory_does_not_leak_from_one_call_to_the_next():
    for optimizer in (momentum, adam):
        first = optimizer(parabola, 1.0, learning_rate=0.1, n_iter=5)
        assert optimizer(parabola, 1.0, learning_rate=0.1, n_iter=5) == first


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_a_loss_or_gradient_that_is_not_finite_ends_the_descent_with_a_word(optimizer, bad):
    for loss, slope in ((bad, 1.0), (1.0, bad)):

        def cliff(x, loss=loss, slope=slope):
            return (float(x), 1.0) if x > 0.75 else (loss, slope)

        with pytest.warns(RuntimeWarning, match=r"at iteration 3.*smaller learning_rate"):
            x, losses = (
                optimizer(cliff, 1.0, learning_rate=0.1, n_iter=9)
                if (optimizer is not momentum)
                else optimizer(cliff, 1.0, learning_rate=0.1, n_iter=9, decay=0.0)
            )
        assert len(losses) == 3
        assert x == losses[-1]  # the last parameters whose loss was finite


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learning_rate": 0}, "learning_rate: expected a finite number > 0, got 0"),
        ({"learning_rate": np.nan}, "learning_rate: expected a finite number > 0, got nan"),
        ({"n_iter": -1}, "n_iter: expected a whole number >= 0, got -1"),
        ({"n_iter": 1.5}, "n_iter: expected a whole number >= 0, got 1.5"),
        ({"params": "abc"}, "params: expected real numbers, got an array of <U3"),
    ],
)
@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_bad_arguments_are_refused(optimizer, change, message):
    arguments = {"params": 1.0, "learning_rate": 0.1, "n_iter": 3} | change
    with pytest.raises(ValueError, match=": expected ") as caught:
        optimizer(parabola, **arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("optimizer", "option", "value", "message"),
    [
        (momentum, "decay", 1.0, "decay: expected a number in [0, 1), got 1.0"),
        (momentum, "decay", -0.1, "decay: expected a finite number >= 0, got -0.1"),
        (adam, "decay", 1, "decay: expected a number in [0, 1), got 1"),
        (adam, "square_decay", 2, "square_decay: expected a number in [0, 1), got 2"),
        (adam, "epsilon", 0, "epsilon: expected a finite number > 0, got 0"),
    ],
)
def test_bad_options_are_refused(optimizer, option, value, message):
    with pytest.raises(ValueError, match=": expected ") as caught:
        optimizer(parabola, 1.0, learning_rate=0.1, n_iter=1, **{option: value})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        (np.zeros(3), "gradient: expected shape (2,) like its parameter, got (3,)"),
        (np.zeros((2, 1)), "gradient: expected shape (2,) like its parameter, got (2, 1)"),
        ((np.zeros(2), 1.0), "gradient: expected 1 arrays like params, got 2"),
        (None, "gradient: expected real numbers, got a NoneType"),
    ],
)
@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_a_gradient_of_another_form_is_refused(optimizer, gradient, message):
    with pytest.raises(ValueError, match=r"^gradient: ") as caught:
        optimizer(lambda x: (0.0, gradient), [1.0, 2.0], learning_rate=0.1, n_iter=1)
    assert str(caught.value) == message


# Newton ---------------------------------------------------------------------------------------


def cosh_bowl(x):
    return float(np.cosh(x).sum()), np.sinh(x), np.diag(np.cosh(x))


def test_newton_squares_the_error_and_takes_one_step_more_than_tol_asks():
    seen = []
    x, losses = newton(
        cosh_bowl, [0.5], tol=1e-3, callback=lambda i, x, *_: seen.append(abs(float(x[0]))) and None
    )
    assert len(losses) == len(seen)
    assert seen[-1] <= 1e-3 < seen[-2]
    # the step at x is tanh x, so the error left is x - tanh x < x^3 / 3 (+ one rounding)
    assert abs(x[0]) <= seen[-1] ** 3 / 3 * (1 + 1e-6)


def test_newton_halves_a_step_that_would_climb():
    def f(x):  # sqrt(1 + x^2): the full step from x goes to -x^3
        s = np.sqrt(1 + x[0] ** 2)
        return s, x / s, np.array([[1 / s**3]])

    x, losses = newton(f, [3.0])
    assert losses == sorted(losses, reverse=True)
    assert abs(x[0]) < 1e-12  # the last step cubes an error of 1e-8


def test_newton_gives_up_where_the_gradient_lies():
    """A gradient that points uphill: no step makes the loss fall, so the start is returned."""
    found, losses = newton(lambda x: (float(x @ x), -2 * x, 2 * np.eye(2)), [1.0, 2.0])
    assert found.tolist() == [1.0, 2.0]
    assert losses == [5.0]


def test_newton_makes_max_iter_steps_without_tol():
    _, losses = newton(cosh_bowl, [1.0], tol=None, max_iter=7)
    assert len(losses) == 7
    _, losses = newton(cosh_bowl, [30.0], max_iter=2)
    assert len(losses) == 2


def test_newton_stops_where_the_callback_says():
    x, losses = newton(cosh_bowl, [1.0], callback=lambda i, *_: i == 1)
    assert len(losses) == 2
    assert losses[-1] == np.cosh(x[0])


def test_newton_takes_the_shortest_way_among_flat_directions():
    """The loss sees x0 + x1 only: both get one half, and x2, which it does not see, nothing."""
    a = np.array([1.0, 1.0, 0.0])

    def f(x):
        return 0.5 * (a @ x - 1) ** 2, a * (a @ x - 1), np.outer(a, a)

    x, _ = newton(f, np.zeros(3))
    np.testing.assert_allclose(x, [0.5, 0.5, 0], atol=1e-15)  # two roundings of 1/2
    b = np.array([1.0, 3.0])  # another scale for each: the shortest solution of b.x = 1 is b / b.b
    x, _ = newton(lambda x: (0.5 * (b @ x - 1) ** 2, b * (b @ x - 1), np.outer(b, b)), np.zeros(2))
    np.testing.assert_allclose(x, [0.1, 0.3], atol=1e-15)


@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_newton_does_not_mind_the_units_of_a_parameter(size):
    def f(x):
        value, gradient, hessian = cosh_bowl(x * [1, size])
        units = np.array([1, size])
        return value, gradient * units, hessian * units * units[:, None]

    x, _ = newton(f, [0.5, 0.5 / size], tol=None, max_iter=6)
    # six cubing steps from 0.5 end in rounding
    np.testing.assert_allclose(x * [1, size], [0, 0], atol=1e-15)


def test_newton_leaves_its_start_and_takes_a_read_only_one():
    start = np.array([0.5, 1.0])
    start.flags.writeable = False

    def vandal(x):
        found = cosh_bowl(x)
        x[:] = 99
        return found

    x, _ = newton(vandal, start)
    np.testing.assert_array_equal(start, [0.5, 1.0])
    np.testing.assert_allclose(x, [0, 0], atol=1e-15)


@pytest.mark.parametrize(
    "found", [(np.nan, [1.0], [[1.0]]), (1.0, [np.inf], [[1.0]]), (1.0, [1.0], [[np.nan]])]
)
def test_newton_says_so_where_the_loss_is_not_finite(found):
    with pytest.warns(RuntimeWarning, match=r"at iteration 0.* not finite"):
        x, losses = newton(lambda x: found, [2.0])
    assert x == [2.0]
    assert losses == []


@pytest.mark.parametrize(
    ("found", "change", "message"),
    [
        (
            (0.0, [1.0, 2.0], [[1.0]]),
            {},
            "gradient: expected shape (1,) like params, got (2,)",
        ),
        (
            (0.0, [1.0], [1.0]),
            {},
            "hessian: expected shape (1, 1) (a row and a column for each parameter), got (1,)",
        ),
        ((0.0, [1.0], [[1.0]]), {"params": 1.0}, "params: expected a 1-D array, got shape ()"),
        ((0.0, [], []), {"params": []}, "params: expected at least one entry, got shape (0,)"),
        ((0.0, [1.0], [[1.0]]), {"tol": 0}, "tol: expected a finite number > 0, got 0"),
        ((0.0, [1.0], [[1.0]]), {"max_iter": 0}, "max_iter: expected a whole number >= 1, got 0"),
    ],
)
def test_newton_refuses(found, change, message):
    arguments = {"params": [1.0]} | change
    with pytest.raises(ValueError, match=": expected ") as caught:
        newton(lambda x: found, **arguments)
    assert str(caught.value) == message


# --- lbfgs ------------------------------------------------------------------------------------


def rosenbrock(x):
    return scipy.optimize.rosen(x), scipy.optimize.rosen_der(x)


def test_lbfgs_finds_the_minimum_that_scipy_finds():
    """A curved valley in ten dimensions; SciPy's L-BFGS-B is the oracle."""
    start = np.linspace(-1.5, 2.0, 10)
    oracle = scipy.optimize.minimize(rosenbrock, start, jac=True, method="L-BFGS-B")
    ours, losses = lbfgs(rosenbrock, start, tol=1e-9)
    assert oracle.success
    # both are at the minimum (1, ..., 1); SciPy stops at a gradient of about 1e-5
    assert np.allclose(oracle.x, 1.0, atol=1e-4)
    assert np.allclose(ours, 1.0, rtol=0, atol=1e-8)
    assert losses[0] == rosenbrock(start)[0]
    assert np.all(np.diff(losses) <= 1e-14)


def quadratic(matrix, minimum):
    def value_and_gradient(x):
        return 0.5 * (x - minimum) @ matrix @ (x - minimum), matrix @ (x - minimum)

    return value_and_gradient


@pytest.mark.parametrize("memory", [1, 3, 20])
def test_lbfgs_solves_badly_scaled_bowls(memory):
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    matrix = basis @ np.diag(10.0 ** np.arange(-1.0, 5.0) / 10) @ basis.T
    minimum = rng.normal(size=6)
    found, _ = lbfgs(quadratic(matrix, minimum), np.zeros(6), memory=memory, max_iter=20_000)
    # a gradient of 1e-8 over the smallest curvature, 1e-2
    assert np.allclose(found, minimum, rtol=0, atol=2e-6)


def test_lbfgs_with_the_true_hessian_is_newtons_method():
    """On a bowl the first step is then exact, and one more look confirms it."""
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 5))
    matrix, minimum = root @ root.T + np.eye(5), rng.normal(size=5)
    found, losses = lbfgs(
        quadratic(matrix, minimum),
        np.zeros(5),
        inverse_hessian=lambda v: np.linalg.solve(matrix, v),
    )
    assert len(losses) == 2
    assert np.allclose(found, minimum, rtol=0, atol=1e-12)  # a well-conditioned 5 x 5 solve


def test_lbfgs_learns_what_a_rough_hessian_does_not_say():
    """With a matrix that is off by a factor of up to three the steps get few all the same."""
    curvatures = np.geomspace(1e-6, 1e6, 12)
    guess = curvatures * np.random.default_rng(2).uniform(1, 3, 12)
    bowl = quadratic(np.diag(curvatures), np.ones(12))
    _, without = lbfgs(bowl, np.zeros(12), tol=1e-9, max_iter=500)
    found, with_guess = lbfgs(bowl, np.zeros(12), tol=1e-9, inverse_hessian=lambda v: v / guess)
    assert len(with_guess) < 30 < len(without)
    # the flattest direction: 1e-9 / 1e-6
    assert np.allclose(found, 1.0, rtol=0, atol=2e-3)


def test_lbfgs_halves_a_step_that_would_climb():
    """The guess says flat where it is steep, so the whole step lands far up the other side."""
    _, losses = lbfgs(
        quadratic(np.eye(1), np.zeros(1)), [1.0], inverse_hessian=lambda v: 100 * v, max_iter=5
    )
    assert np.all(np.diff(losses) < 0)


def test_lbfgs_forgets_a_pair_of_negative_curvature():
    """A hilltop between two valleys: the gradient's change points against the step there."""

    def two_valleys(x):
        return float(x[0] ** 4 - x[0] ** 2), 4 * x**3 - 2 * x

    found, _ = lbfgs(two_valleys, [0.05])
    assert abs(abs(found[0]) - np.sqrt(0.5)) < 1e-8


def test_lbfgs_ends_where_rounding_does():
    """A loss of a million plus a bowl cannot be told from a million near the bottom."""

    def raised(x):
        return 1e6 + float(x @ x), 2 * x

    found, losses = lbfgs(raised, [3.0, 4.0], tol=1e-300)
    assert len(losses) < 100
    assert np.abs(found).max() < 1e-2


def test_lbfgs_gives_up_where_the_gradient_lies():
    """A gradient that points uphill: no step makes the loss fall, so the start is returned."""
    found, losses = lbfgs(lambda x: (float(x @ x), -2 * x), [1.0, 2.0])
    assert found.tolist() == [1.0, 2.0]
    assert losses == [5.0]


def test_lbfgs_makes_max_iter_steps_without_tol_and_stops_for_the_callback():
    seen = []

    def watch(*state):
        seen.append(state)
        return len(seen) == 3

    bowl = quadratic(np.diag([1.0, 3.0]), np.ones(2))
    assert len(lbfgs(bowl, [0.0, 0.0], tol=None, max_iter=4)[1]) == 4
    _, losses = lbfgs(bowl, [0.0, 0.0], tol=None, callback=watch)
    assert len(losses) == 3
    assert [state[0] for state in seen] == [0, 1, 2]
    assert [state[2] for state in seen] == losses


def test_lbfgs_leaves_its_start_and_says_so_where_it_is_not_finite():
    start = np.array([1.0, 2.0])
    start.flags.writeable = False
    lbfgs(quadratic(np.eye(2), np.zeros(2)), start)
    assert start.tolist() == [1.0, 2.0]
    with pytest.warns(RuntimeWarning, match="the loss is nan at the starting point"):
        found, losses = lbfgs(lambda x: (np.nan, x), start)
    assert losses == []
    assert found.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"params": 1.0}, "params: expected a 1-D array, got shape ()"),
        ({"params": []}, "params: expected at least one entry, got shape (0,)"),
        ({"tol": 0}, "tol: expected a finite number > 0, got 0"),
        ({"max_iter": 0}, "max_iter: expected a whole number >= 1, got 0"),
        ({"memory": 0}, "memory: expected a whole number >= 1, got 0"),
    ],
)
def test_lbfgs_refuses(change, message):
    arguments = {"params": [1.0]} | change
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        lbfgs(lambda x: (float(x @ x), 2 * x), arguments.pop("params"), **arguments)


def test_lbfgs_refuses_a_gradient_of_another_shape():
    with pytest.raises(
        ValueError, match=r"gradient: expected shape \(2,\) like params, got \(1,\)"
    ):
        lbfgs(lambda x: (0.0, np.zeros(1)), [1.0, 2.0])


@pytest.mark.parametrize("found", [(1j, [1.0]), ("a", [1.0]), (None, [1.0]), ([1.0, 2.0], [1.0])])
@pytest.mark.parametrize("optimizer", [*FIRST_ORDER, lbfgs])
def test_a_loss_is_one_real_number(optimizer, found):
    options = {} if optimizer is lbfgs else {"learning_rate": 0.1, "n_iter": 2}
    with pytest.raises(ValueError, match=r"^loss: expected "):
        optimizer(lambda x: found, [1.0], **options)


@pytest.mark.parametrize("gradient", [[1j], ["a"], [None]])
def test_a_gradient_and_a_hessian_are_real(gradient):
    """A complex one would walk off into the complex plane, in silence."""
    with pytest.raises(ValueError, match=r"^gradient: expected real numbers"):
        lbfgs(lambda x: (1.0, gradient), [1.0])
    with pytest.raises(ValueError, match=r"^hessian: expected real numbers"):
        newton(lambda x: (1.0, [1.0], [gradient]), [1.0])


@pytest.mark.parametrize(
    ("optimizer", "name"),
    [
        (gradient_descent, "value_and_gradient"),
        (lbfgs, "value_and_gradient"),
        (newton, "value_gradient_hessian"),
    ],
)
def test_what_is_to_be_called_is_a_function(optimizer, name):
    options = {"learning_rate": 0.1, "n_iter": 1} if optimizer is gradient_descent else {}
    with pytest.raises(ValueError, match=rf"^{name}: expected a function, got 'abc'$"):
        optimizer("abc", [1.0], **options)
    with pytest.raises(ValueError, match=r"^callback: expected a function, got 'abc'$"):
        optimizer(lambda x: (0.0, x, [[1.0]])[: 3 if optimizer is newton else 2], [1.0],
                  callback="abc", **options)  # fmt: skip


def test_the_first_guess_of_lbfgs_is_a_function():
    with pytest.raises(ValueError, match=r"^inverse_hessian: expected a function, got 2$"):
        lbfgs(lambda x: (0.0, x), [1.0], inverse_hessian=2)


@pytest.mark.parametrize(
    ("optimizer", "found", "words"),
    [
        (gradient_descent, 1.0, "loss, gradient, got a float"),
        (adam, None, "loss, gradient, got a NoneType"),
        (lbfgs, (1.0, [1.0], [[1.0]]), "loss, gradient, got a tuple of length 3"),
        (newton, [1.0, [1.0]], "loss, gradient, hessian, got a list of length 2"),
    ],
)
def test_a_function_returns_all_that_is_needed(optimizer, found, words):
    options = {} if optimizer in (lbfgs, newton) else {"learning_rate": 0.1, "n_iter": 1}
    with pytest.raises(ValueError, match=rf"^value_\w+: expected it to return {words}$"):
        optimizer(lambda x: found, [1.0], **options)
