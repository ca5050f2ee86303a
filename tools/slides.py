"""Make slides of the notebooks, in `build/slides/`, one HTML file each.

Cells are marked by rule, so that nobody keeps two versions: a heading starts a slide; a lab, a picture, a
question, a result and a reason each get one of their own below it; other prose goes to the speaker's
notes (press S); exercises are left out. What a question covers in the notebook is computed again here and
gets the slide after it. A mark made by hand in JupyterLab wins. The show needs no network: what it needs lies
beside it, from packages of npm, and is fetched once.
"""
import ast
import base64
import contextlib
import hashlib
import html
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter

ROOT = Path(__file__).resolve().parent.parent
PICTURE = "image/png"
TARGET = ROOT / "build" / "slides"
# What shows slides and formulas: package → version, hash, and the files that are used of it.
NPM = {
    "reveal.js": (
        "4.6.1", "4f4121ef2b8e7e9398bdecd7b3b6ce5e0ee3a2f5af221708eb6c4ce03bcae6be",
        ("LICENSE", "dist/", "plugin/notes/")),
    "requirejs": (
        "2.3.7", "31f3330c978fb28684622fe71165dc946432cf0210b2ea8a1ca0233e70f2737d",
        ("require.js",)),
    "jquery": (
        "3.7.1", "68a9f787516da47c680e09c187bcbac4536b6f85d90eb882844e12919e583f53",
        ("LICENSE.txt", "dist/jquery.min.js")),
    "mathjax": (
        "3.2.2", "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09",
        ("LICENSE", "es5/tex-svg.js")),
}
# What nbconvert's page would ask other hosts for besides: mermaid, which nothing here uses, and a MathJax
# older than ours, with what drives it.
FROM_ELSEWHERE = (
    r'<script src="https://[^"]*mathjax[^"]*">\s*</script>',
    r'<script type="module">\s*import mermaid.*?</script>',
    r'<script type="text/x-mathjax-config">.*?</script>',
    r"var update = function\(event\).*?addEventListener\('slidechanged', update\);",
)
FORMULAS = """<script>window.MathJax = { tex: { inlineMath: [["$", "$"]] } };</script>
<script src="mathjax/es5/tex-svg.js"></script>"""
REASONS = ("**Say why.**", "**Why", "**The reason", "**The rule", "**So:**", "<details>")
STYLE = """<style>
.reveal .slides { text-align: left; }
.reveal .jp-Cell { padding: 0; }
.reveal .jp-InputPrompt, .reveal .jp-OutputPrompt { display: none; }
.reveal .jp-OutputArea-output img { width: 100%; max-height: 500px; object-fit: contain; }
.reveal .jp-OutputArea-output pre { font-size: 20px; line-height: 1.4; }
.reveal .jp-Editor, .reveal .highlight pre { font-size: 18px; }
.reveal .jp-RenderedMarkdown { font-size: 24px; line-height: 1.4; }
.reveal .jp-RenderedMarkdown h2 { font-size: 40px; }
.reveal blockquote { width: 100%; font-size: 32px; font-style: normal; box-shadow: none; }
</style></head>"""


def mark(cell):
    """Return what a cell is in the show: slide, subslide, notes or skip."""
    source = cell.source
    if cell.cell_type == "markdown":
        if source.startswith("## Check yourself"):
            return "skip"
        if source.startswith(("# ", "## ", "### ")):
            return "subslide" if source.startswith("### ") else "slide"
        return "subslide" if source.startswith(REASONS) else "notes"
    return "skip" if "checks." in source or not cell.outputs else "subslide"


def ask(cell):
    """Return a prediction card as prose: the question and its choices, without the place for an answer."""
    lines = cell.outputs[0].data["text/plain"].split("\n○ To do")[0].splitlines()
    prose = "".join(f"\n- {line[4:]}" if line.startswith("( ) ") else f" {line}" for line in lines)
    return nbformat.v4.new_markdown_cell(f"> {prose}", metadata={"slideshow": {"slide_type": "subslide"}})


def tell(output):
    """Turn a picture into HTML that carries its description: nbconvert's slides would leave that out."""
    if picture := output.get("data", {}).get(PICTURE):
        alt = html.escape(output.metadata[PICTURE]["alt"])
        output.data = {"text/html": f'<img alt="{alt}" src="data:image/png;base64,{picture}">'}


def opened(source, names):
    """Run a cell that covers its result; return the result's call as a code cell, with what it shows."""
    *before, last = ast.parse(source).body
    exec(ast.unparse(before), names)
    prediction = eval(ast.unparse(last), names)
    prediction.opened = True
    data, metadata = prediction._repr_mimebundle_()
    shown = {"text/plain": data["text/plain"].removeprefix(f"{prediction.card}\n\n")}
    if PICTURE in data:
        shown[PICTURE] = base64.b64encode(data[PICTURE]).decode()
    output = nbformat.v4.new_output("display_data", shown, metadata=metadata)
    return nbformat.v4.new_code_cell(ast.unparse(last.value.args[1]), outputs=[output])


def marked(notebook):
    """Mark every cell of the notebook that has no mark; turn its cards into prose, its pictures into HTML."""
    cells, names, waiting = [], {}, []
    for cell in notebook.cells:
        if cell.source.startswith("checks.card("):
            cells.append(ask(cell))
        elif "checks.predict(" in cell.source:
            with contextlib.redirect_stdout(None):
                exec("\n".join(waiting), names)
            waiting.clear()
            cells += [ask(cell), opened(cell.source, names)]
        else:
            cells.append(cell)
            if cell.cell_type == "code" and not cell.source.startswith(("labs.", "plots.", "checks.")):
                waiting.append(cell.source)
    for cell in cells:
        cell.metadata.setdefault("slideshow", {"slide_type": mark(cell)})
        for output in cell.get("outputs", []):
            tell(output)
    notebook.cells = cells
    return notebook


def fetch(package):
    """Lay the files of a package of npm beside the slides, unless they are there."""
    version, sha256, wanted = NPM[package]
    target = TARGET / package
    if target.exists():
        return
    if not (npm := shutil.which("npm")):
        sys.exit(f"make slides: npm is needed once, to fetch {package}. It comes with Node.js.")
    subprocess.check_output([npm, "pack", "--silent", f"{package}@{version}"], cwd=TARGET)
    archive = TARGET / f"{package}-{version}.tgz"
    if (found := hashlib.sha256(archive.read_bytes()).hexdigest()) != sha256:
        sys.exit(f"make slides: {archive} is not the file it should be: its sha256 is {found}.")
    with tarfile.open(archive) as tar:
        files = [file for file in tar if file.name.removeprefix("package/").startswith(wanted)]
        tar.extractall(TARGET / f"{package}.new", files, filter="data")
    for theme in (TARGET / f"{package}.new").glob("package/dist/theme/*.css"):
        own = re.sub(r"@import url\(\"?https?:[^)]*\);?", "", theme.read_text(encoding="utf-8"))
        theme.write_text(own, encoding="utf-8")    # without the fonts of other hosts
    (TARGET / f"{package}.new" / "package").rename(target)
    (TARGET / f"{package}.new").rmdir()
    archive.unlink()


def show(path):
    """Return the slides of a notebook: a page that asks no other host for anything."""
    exporter = SlidesExporter(
        reveal_scroll=True, reveal_number="c/t", reveal_transition="none", reveal_url_prefix="reveal.js",
        require_js_url="requirejs/require.js", jquery_url="jquery/dist/jquery.min.js")
    notebook = marked(nbformat.read(path, as_version=4))
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})
    for part in FROM_ELSEWHERE:
        page = re.sub(part, "", page, flags=re.DOTALL)
    return page.replace("</head>", FORMULAS + STYLE, 1)


def main():
    """Write the slides of the notebooks named, or of all but the solutions."""
    paths = [Path(name) for name in sys.argv[1:]] or sorted((ROOT / "notebooks").glob("*.ipynb"))
    TARGET.mkdir(parents=True, exist_ok=True)
    for package in NPM:
        fetch(package)
    for path in paths:
        (TARGET / f"{path.stem}.html").write_text(show(path), encoding="utf-8")
        print(TARGET / f"{path.stem}.html")


if __name__ == "__main__":
    main()
