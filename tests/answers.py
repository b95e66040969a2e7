"""Answers as learners write them: wrong ones with the mistake each makes, and right ones."""

import math
import re
from pathlib import Path

import numpy as np

import lrcore

DATA = Path(__file__).parent / "data"
HELPERS = {
    "np": np,
    "math": math,
    "sigmoid": lrcore.sigmoid,
    "sigmoid_derivative": lrcore.sigmoid_derivative,
    "softmax": lrcore.softmax,
    "two_layer_gradient": lrcore.two_layer_gradient,
}


def read(name):
    """Return (exercise, wanted, function) for each answer of a file.

    `wanted` is what may be diagnosed: alternatives, each a set of ids.
    """
    blocks = re.split(r"^# ", (DATA / name).read_text("utf-8"), flags=re.MULTILINE)[1:]
    return [_one(*block.partition("\n")[::2]) for block in blocks]


def _one(heading, source):
    exercise, _, wanted = heading.partition(": ")
    namespace = dict(HELPERS)
    exec(source, namespace)
    alternatives = [frozenset(one.split(" + ")) for one in wanted.split(" | ") if one]
    return exercise, alternatives, namespace[exercise]


WRONG = read("answers_wrong.txt")
HELD_BACK = read("answers_held_back.txt")
RIGHT = read("answers_right.txt")
