"""From what a learner wrote to a verdict: run it safely, compare, find the mistake's name."""
