"""Settings that all tests share: the same hypothesis examples in every run, figures in memory."""

import matplotlib as mpl
from hypothesis import settings

mpl.use("agg")
settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("fixed")
