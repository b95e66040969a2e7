"""The colours can be read, and told apart, by every reader.

The contrast is WCAG 2.2's formula; colorspacious says how different two colours look, also to
those who lack one kind of cone.
"""

from itertools import combinations

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb

from lrcore._palette import DARK, DASHES, LIGHT, MARKERS, SERIES

PALETTES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
SIGHTS = ["every cone", "deuteranomaly", "protanomaly", "tritanomaly"]


def luminance(colour):
    """WCAG 2.2, "relative luminance"."""
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


def contrast(one, other):
    """WCAG 2.2, "contrast ratio"."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def seen(colour, sight):
    """Return the colour as an eye without the cones of that kind would see it."""
    if sight == "every cone":
        return to_rgb(colour)
    space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
    return np.clip(cspace_convert(to_rgb(colour), space, "sRGB1"), 0, 1)


def test_contrast_is_wcags():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(
        4.48, abs=0.005
    )  # a well-known near miss


def test_light_and_dark_have_the_same_names_and_no_colour_twice():
    assert list(LIGHT) == list(DARK)
    for palette in (LIGHT, DARK):
        assert len(set(palette.values())) == len(palette)


@PALETTES
@pytest.mark.parametrize("ground", ["paper", "shade"])
def test_text_can_be_read(palette, ground):
    assert contrast(palette["ink"], palette[ground]) >= 7
    assert contrast(palette["link"], palette[ground]) >= 4.5
    assert contrast(palette["muted"], palette[ground]) >= 4.5


@PALETTES
@pytest.mark.parametrize("name", SERIES)
def test_what_is_drawn_can_be_seen(palette, name):
    assert contrast(palette[name], palette["paper"]) >= 3  # WCAG 2.2, 1.4.11, for graphics


@PALETTES
@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_of_series_are_told_apart(palette, sight):
    """A difference of 1 is just noticed by those who look for it; 12 is plain to see."""
    near = [
        (one, other)
        for one, other in combinations([*SERIES, "ink"], 2)
        if deltaE(seen(palette[one], sight), seen(palette[other], sight), input_space="sRGB1") < 12
    ]
    assert near == []


def test_red_and_green_would_be_noticed():
    red, green = (seen(colour, "deuteranomaly") for colour in ("#BB4444", "#668833"))
    assert deltaE(red, green, input_space="sRGB1") < 12


def test_colour_never_stands_alone():
    assert len(set(MARKERS)) == len(set(DASHES)) == len(MARKERS) == len(DASHES) == len(SERIES)
