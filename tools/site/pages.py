"""Write every notebook as a page to read: prose, code and results, with labs drawn from saved scenes.

    python -m tools.site.pages      the pages alone, without JupyterLite

A page needs no server and no Python: `page/` is bundled with the widgets' own front end, the states of the
widgets lie beside it in one packed file. With no JavaScript, the stored pictures stand in the labs' places.
"""

import base64
import gzip
import html
import json
import os
import re
import shutil
import struct
import subprocess
from concurrent.futures import ThreadPoolExecutor
from string import Template

import mistune
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from convlab.view.answer import Answer
from convlab.view.live import View
from tools.site import scenes
from tools.site.pyodide import HERE, ROOT, SiteError

PAGE = HERE / "page"
STILL = {"07_your_network"}  # a page to read only: onnx has no build for Python in the browser
SCRIPTS = {View._esm: "view.js", Answer._esm: "answer.js"}  # what draws a lab, and the place for an answer
# For the front page: a cell of each notebook, and panels of its lab; a pointer walks over the last.
FILMS = {
    "00_start_here": ("sliding", ["input", "kernel", "output"]),
    "01_kernels": ("kernel-lab", ["input", "kernel", "output"]),
    "02_stride_and_padding": ("padding-lab", ["input", "output"]),
    "03_feature_maps": ("bank-lab", ["input", "maps"]),
    "04_receptive_fields": ("dilation-lab", ["photo", "top"]),
    "05_design_a_network": ("design-lab", ["macs", "field"]),
    "06_back_and_up": ("transposed-lab", ["input", "kernel", "output"]),
    "07_your_network": ("maps-lab", ["image", "maps"]),
}
STARTS = """<p class="about">This page answers at once: its labs follow your pointer and your keys, its cards
say whether you are right. When you first move a slider, Python starts behind the page: then every control is
live, and you can change and run the code.
<button type="button" id="start" hidden>Start Python</button></p>"""
NOTE = """<p class="about">This page is for reading. Its labs answer your pointer and your keys, its cards say
whether you are right. To move sliders and change code,
<a href="{}">run this notebook {}</a>.</p>"""
WIDE = '<div class="wide" tabindex="0">{}</div>'  # scrolls by itself where the page is narrow


def write(site, work):
    """Write `site/read`; give back what the front page says of each notebook."""
    target = site / "read"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    with ThreadPoolExecutor(2) as pool:
        npm = pool.submit(fetch, work / "npm")
        ran = list(pool.map(lambda path: scenes.run(path, work / "cache" / "scenes"), paths))
    bundle(target, npm.result())
    about = [facts(path.stem, one["cells"]) for path, one in zip(paths, ran, strict=True)]
    for k, (path, one) in enumerate(zip(paths, ran, strict=True)):
        (target / f"{path.stem}.bin").write_bytes(pack(one))
        page = render(one["cells"], about, k, target, npm.result())
        (target / f"{path.stem}.html").write_text(page, encoding="utf-8")
    films = [film(one, path.stem, *FILMS[path.stem]) for path, one in zip(paths, ran, strict=True)]
    (target / "films.bin").write_bytes(packed({name: view for one in films for name, view in one.items()}))
    return about


# ---- the script


def fetch(folder):
    """Return a folder with the packages of `package.json`, fetched once by npm."""
    lock = (PAGE / "package-lock.json").read_bytes()
    if not (folder / "done").exists() or (folder / "done").read_bytes() != lock:
        npm = shutil.which("npm")
        if npm is None:
            raise SiteError("npm is needed to make the pages to read. It comes with Node.js.")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PAGE / name, folder)
        subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
        (folder / "done").write_bytes(lock)
    return folder / "node_modules"


def bundle(target, modules):
    """Join the scripts with the packages they use; lay the labs' own script beside them."""

    def join(*entries, **options):
        given = [f"--{name}={value}" for name, value in options.items()] + ["--log-level=warning"]
        command = [modules / ".bin" / "esbuild", *entries, "--bundle", "--minify", *given]
        subprocess.run(command, check=True, env=os.environ | {"NODE_PATH": str(modules)})

    scripts = [PAGE / "page.js", PAGE / "front.js", PAGE / "live.js", f"--inject:{PAGE / 'define.js'}"]
    join(*scripts, "--splitting", "--loader:.whl=empty", format="esm", outdir=target)
    kernel = modules / "@jupyterlite" / "pyodide-kernel" / "lib"
    join(kernel / "comlink.worker.js", format="iife", outfile=target / "worker.js")
    join(HERE / "start.js", format="iife", outfile=target.parent / "start.js")
    for script, name in SCRIPTS.items():
        (target / name).write_text(script, encoding="utf-8")
    (target / "view.css").write_text(f"{View._css}\n{Answer._css}", encoding="utf-8")


# ---- the saved scenes


def pack(ran):
    """Return the states of all widgets that can come to be seen, and what the page knows beside them."""
    wanted = reachable(ran)
    states = {name: one for name, one in ran["state"].items() if name in wanted}
    cells = [
        {"id": cell["id"], "models": cell["models"], "shown": shown(cell)}
        for cell in ran["cells"]
        if cell["cell_type"] == "code"
    ]
    known = {kind: [one for one in some if one["entry"] in wanted] for kind, some in ran["known"].items()}
    return packed(states, cells=cells, known=known)


def packed(states, **more):
    """Return states of widgets as bytes: a length, JSON, then the numbers, equal ones once."""
    numbers, places, kept = bytearray(), {}, {}
    for name, one in states.items():
        model = dict(one, state=dict(one["state"]))
        buffers, paths = [], []
        for buffer in model.pop("buffers", []):
            data = base64.b64decode(buffer["data"])
            if data not in places:
                numbers += bytes(-len(numbers) % 8)
                places[data] = (len(numbers), len(data))
                numbers += data
            buffers.append(list(places).index(data))
            paths.append(buffer["path"][0])
        if "_esm" in model["state"]:
            model["state"]["_esm"] = SCRIPTS[model["state"]["_esm"]]
            model["state"].pop("_css", None)
        kept[name] = model | ({"buffers": buffers, "places": paths} if buffers else {})
    about = {"state": kept, "buffers": list(places.values()), **more}
    text = json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 4) % 8)
    return gzip.compress(struct.pack("<I", len(text)) + text + numbers, mtime=0)


def film(ran, name, cell, names):
    """Return one lab's view with only these panels, as a small moving picture on the front page."""
    models = next(one["models"] for one in ran["cells"] if one["id"] == cell)
    view = next(ran["state"][model] for model in models if "layout_" in ran["state"][model]["state"])
    layout, arrays = view["state"]["layout_"], {one["path"][0]: one for one in view["buffers"]}
    order = [panel["name"] for panel in layout["panels"]]
    links = [link for link in layout["links"] if {link["source"], link["target"]} <= {*names}]
    layout |= {
        "panels": [panel for panel in layout["panels"] if panel["name"] in names],
        "links": [link | ({} if link["kernel"] in names else {"kernel": None}) for link in links],
        "rows": [[[panel] for panel in names]],
        "play": None,
        "pick": layout["pick"] if layout["pick"] and layout["pick"][0] in names else None,
    }
    slots = [f"array{order.index(panel['name'])}" for panel in layout["panels"]]
    buffers = [arrays[slot] | {"path": [f"array{k}"]} for k, slot in enumerate(slots)]
    state = {"layout_": layout, "words": {}, "problem": "", "walks": names[-1]}
    return {name: {"state": state, "buffers": buffers}}


def still(name):
    """Return the name of the picture that stands for the film of a notebook where no script runs."""
    return f"{name}-{FILMS[name][0]}"


def shown(cell):
    """Return the ids of the widgets whose views stand in the results of a cell."""
    views = [output.get("data", {}).get(scenes.VIEW) for output in cell["outputs"]]
    return [view["model_id"] for view in views if view]


def reachable(ran):
    """Return the ids of all widgets that a view of the notebook can lead to."""
    code = [cell for cell in ran["cells"] if cell["cell_type"] == "code"]
    waiting, found = [name for cell in code for name in shown(cell)], set()
    states = ran["state"]
    waiting += [name for name, one in states.items() if one["model_name"].endswith("LinkModel")]
    opens = {cover["button"]: cover["stands"] for cover in ran["known"]["covers"]}
    while waiting:
        name = waiting.pop()
        if name in found or name not in states:
            continue
        found.add(name)
        text = json.dumps([states[name]["state"], opens.get(name)])
        waiting += re.findall(rf'"{scenes.REFERENCE}(\w+)"', text)
    return found


# ---- the page


class Prose(mistune.HTMLRenderer):
    """Markdown as the notebooks use it; formulas wait in `formulas` for one call of KaTeX."""

    def __init__(self, formulas):
        super().__init__(escape=False)
        self.formulas = formulas

    def heading(self, text, level, **_):
        return f'<h{level} id="{anchor(text)}">{text}</h{level}>\n'

    def link(self, text, url, title=None):
        return super().link(text, re.sub(r"^(\d\d_\w+)\.ipynb", r"\1.html", url), title)

    def block_code(self, code, info=None):
        return code_block(code) if info == "python" else super().block_code(code, info)

    def table(self, text):
        return WIDE.format(f"<table>{text}</table>") + "\n"

    def block_math(self, text):
        return f'<div class="formula">{self.formula(text, True)}</div>\n'

    def inline_math(self, text):
        return self.formula(text, False)

    def formula(self, text, display):
        self.formulas.append({"text": text, "display": display})
        return f"<!-- formula {len(self.formulas) - 1} -->"


def anchor(text):
    """Return the id of a heading, as JupyterLab makes it."""
    return html.escape(html.unescape(re.sub(r"<[^>]*>", "", text)).replace(" ", "-"))


def code_block(code):
    """Return Python, coloured."""
    return f"<pre><code>{highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))}</code></pre>\n"


def facts(name, cells):
    """Return what is said of a notebook elsewhere: title, question, minutes and headings."""
    opening = "".join(cells[0]["source"])
    found = {
        "title": re.search(r"^# ([^:\n]+)", opening, re.MULTILINE),
        "question": re.search(r"\*\*The question\.\*\* (.+)", opening),
        "minutes": re.search(r"\*\*Time:\*\* (?:about )?(\d+) minutes", opening),
    }
    if missing := [what for what, match in found.items() if not match]:
        raise SiteError(f"{name}.ipynb: its first cell does not give its {' and '.join(missing)}.")
    return {"name": name, **{what: match[1] for what, match in found.items()}}


def render(cells, about, k, target, modules):
    """Return the whole page of the k-th notebook."""
    formulas = []
    prose = mistune.create_markdown(
        renderer=Prose(formulas), plugins=["math", "table", "strikethrough", "url"]
    )
    parts = [
        prose(cell["source"]) if cell["cell_type"] == "markdown" else code(cell, target, about[k]["name"])
        for cell in cells
    ]
    body = typeset("\n".join(parts), formulas, modules)
    sections = re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', body)
    one = about[k]
    to, where = way(one["name"], "../")
    fields = {
        "name": one["name"],
        "title": f"{one['name'][:2]} {html.escape(one['title'])}",
        "question": html.escape(one["question"], quote=True),
        "contents": "\n".join(f'<li><a href="#{place}">{text}</a></li>' for place, text in sections),
        "notebooks": "\n".join(step(other, other is one) for other in about),
        "before": neighbour("prev", "Before", about[k - 1]) if k else "",
        "after": neighbour("next", "Next", about[k + 1]) if k + 1 < len(about) else "",
        "body": body,
        "note": NOTE.format(to, where) if one["name"] in STILL else STARTS,
        "run": f'<a class="run" href="{to}">Run {where}</a>',
    }
    return Template((PAGE / "page.html").read_text(encoding="utf-8")).substitute(fields)


def way(name, up=""):
    """Return where a notebook runs, as an address and in words."""
    if name in STILL:
        return f"{up and up + 'index.html'}#computer", "on your computer"
    return f"{up}lab/index.html?path={name}.ipynb", "in the browser"


def step(one, here):
    mark = ' aria-current="page"' if here else ""
    return f'<li><a href="{one["name"]}.html"{mark}>{one["name"][:2]} {html.escape(one["title"])}</a></li>'


def neighbour(rel, word, one):
    title = f"{one['name'][:2]} {html.escape(one['title'])}"
    return f'<a rel="{rel}" href="{one["name"]}.html"><small>{word}</small> {title}</a>'


def typeset(body, formulas, modules):
    """Put formulas in as MathML, which every browser draws by itself."""
    if not formulas:
        return body
    script = """const katex = require("katex"), all = JSON.parse(require("fs").readFileSync(0, "utf8"));
    console.log(JSON.stringify(all.map(({ text, display }) =>
      katex.renderToString(text, { displayMode: display, output: "mathml", throwOnError: true }))));"""
    done = subprocess.run(
        ["node", "-e", script],
        input=json.dumps(formulas),
        env=os.environ | {"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        check=True,
    )
    made = json.loads(done.stdout)
    return re.sub(r"<!-- formula (\d+) -->", lambda found: made[int(found[1])], body)


def code(cell, target, name):
    """Return a code cell with its results."""
    results = [result(one, f"{name}-{cell['id']}", target) for one in cell["outputs"]]
    return (
        f'<section class="cell" data-cell="{cell["id"]}">{code_block(cell["source"])}'
        f'<div class="output">{"".join(results)}</div></section>'
    )


def result(output, name, target):
    """Return one result; that of a widget is its picture, or its text, until the widget stands there."""
    data = output.get("data", {})
    if output["output_type"] == "stream":
        return f"<pre>{html.escape(output['text'])}</pre>"
    if "text/html" in data and scenes.VIEW not in data:
        return WIDE.format(data["text/html"]) if "<table" in data["text/html"] else data["text/html"]
    shown = f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"
    if "image/png" in data:
        (target / f"{name}.png").write_bytes(base64.b64decode(data["image/png"]))
        alt = html.escape(output["metadata"]["image/png"]["alt"], quote=True)
        shown = f'<img loading="lazy" src="{name}.png" alt="{alt}">'
    if scenes.VIEW not in data:
        return shown
    return f'<div class="widget" data-model="{data[scenes.VIEW]["model_id"]}">{shown}</div>'


if __name__ == "__main__":
    write(ROOT / "_site", ROOT / "build" / "site")
