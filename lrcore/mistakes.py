"""The catalogue of known mistakes: each one a wrong answer that runs, with its name and its cure.

A mistake is made of slips: the right answer to an exercise with one piece replaced by a wrong one.
Two slips in different pieces make a mistake that is known too.  What people really get wrong was
collected from the book's sources, from well-known repositories and from questions of learners; each
entry says where it was met.
"""

from ._checking.behaviour import wrong_answers
from ._exercises.slips import Mistake
from ._exercises.tasks import find

__all__ = ["Mistake", "catalogue"]


def catalogue(exercise: str) -> tuple[Mistake, ...]:
    """List the known mistakes of one exercise, those made of one slip.

    Parameters
    ----------
    exercise : str
        The name of an exercise, such as ``"sigmoid"``.

    Returns
    -------
    tuple of Mistake
        Each can be called like an answer, and differs from the right answer on some input that
        :func:`lrcore.checks.check` tries.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> for mistake in catalogue("predict_multiclass"):
    ...     if mistake.id in ("wrong-axis", "counted-from-one"):
    ...         print(f"{mistake.id}: {mistake.name}")
    wrong-axis: The wrong axis is used.
    counted-from-one: Classes are counted from 1.
    """
    return wrong_answers(find(exercise).id)
