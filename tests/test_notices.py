"""The list of other people's work in the site: all that is there, no more, with the licences."""

import sys
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import look
import notices

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
PARTS = [notices.Part("A", "MIT", "a.js fonts/*", None), notices.Part("B", "MIT", "b.*.css", None)]


def test_files_that_belong_to_somebody_pass():
    notices.check(["a.js", "fonts/x/y.woff2", "b.1.css", "book.css"], PARTS)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["a.js", "b.1.css", "c.js"], r"without an entry: \['c.js'\]"),
        (["a.js"], r"without a file: \['B'\]"),
    ],
)
def test_a_stranger_and_a_part_that_is_gone_stop_the_build(names, words):
    with pytest.raises(ExtensionError, match=words):
        notices.check(names, PARTS)


@pytest.mark.parametrize("part", notices.PARTS, ids=lambda part: part.name)
def test_each_part_has_the_words_that_its_licence_asks_for(part):
    _, words = part.source()
    assert "opyright" in words or "\u00a9" in words
    wanted = {"MIT": "The above copyright notice", "BSD": "Redistribution", "SIL": "OFL"}
    for licence, phrase in wanted.items():
        assert phrase in words or licence not in part.licence or "CC BY" in part.licence


def test_the_typeface_keeps_its_copyright_and_not_its_name():
    """`Source` is reserved by the Open Font License for the font as its makers left it."""
    data = look.font_face(*look.FACES[0]).split("base64,")[1].split(")")[0]
    with TTFont(BytesIO(b64decode(data))) as font:
        names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert "Adobe" in names.pop(look.COPYRIGHT)
    assert "Open Font License" in names.pop(look.LICENCE)
    assert names.pop(look.ITS_ADDRESS)
    assert set(names.values()) == {"BookSerif"}


def test_the_site_has_the_texts():
    text = (SITE / notices.NAME).read_text("utf-8")
    assert [part.name for part in notices.PARTS if part.name not in text] == []
    assert notices.LITE in text


def test_what_runs_in_the_browser_brings_its_licences():
    lite = SITE / "lite"
    assert (lite / "build" / "third-party-licenses.json").is_file()
    wheels = [*lite.glob("static/pyodide/*.whl")]
    assert wheels
    for wheel in wheels:
        names = ZipFile(wheel).namelist()
        assert any("licen" in name.lower() or "copying" in name.lower() for name in names), wheel
