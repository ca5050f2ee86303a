"""Build the static site: every notebook, with Python running in the browser and no server behind it.

    make site      builds `_site/`          make serve      shows it

Environment: PYODIDE_DIR, a folder with Pyodide's packages, else they come from the official release.
PYTHON312, a Python 3.12, as Pyodide's is one: with it, all modules are compiled ahead.
GITHUB_REPOSITORY, `owner/name`, which a workflow on GitHub sets: the page then links to Binder.
"""

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys

from tools.site import pages, pyodide

ROOT, HERE = pyodide.ROOT, pyodide.HERE
SITE = ROOT / "_site"
WORK = ROOT / "build" / "site"
KERNEL_PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
WIDGET = "application/vnd.jupyter.widget-view+json"
READ_LATER = (".bin", ".css", ".html", ".ipynb", ".js", ".png")  # what other pages and other cells ask for
SETTINGS = {
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},  # light or dark, as the device is
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 10},  # a reload loses little
    "@jupyterlab/notebook-extension:tracker": {
        "windowingMode": "none",  # a lab scrolled away stays as it is
        "kernelShutdown": True,  # closing a notebook frees its memory
    },
    "@jupyterlab/application-extension:shell": {"startMode": "single"},  # one notebook, also on a phone
}
# Without a notebook in the address, the last one opens, or the first. `reset` keeps JupyterLab from opening
# again all that were open before: each would start a Python of its own.
IN_NOTEBOOKS = """
<script>
  let last = null;
  try { last = localStorage.getItem("convlab-last"); } catch { /* nothing is kept here */ }
  const path = new URLSearchParams(location.search).get("path") ?? last ?? "00_start_here.ipynb";
  history.replaceState(null, "", `?path=${encodeURIComponent(path)}&reset`);
</script>
<link rel="icon" href="favicon.ico">
<link rel="stylesheet" href="../start.css">
<script src="../start.js" defer></script>
"""

LINK = rf"\[([^]]+)\]\((?:{'|'.join(pages.STILL)})\.ipynb\)"  # a link to what is not there
NOTEBOOKS = [path for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if path.stem not in pages.STILL]


def main():
    """Build everything anew: into an old `_site`, JupyterLite would quietly drop where Pyodide is."""
    for old in (SITE, WORK / "lite", ROOT / ".jupyterlite.doit.db"):
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
    lite, cache = WORK / "lite", WORK / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    packages = pyodide.assemble(lite / "static" / "pyodide", cache)
    for path in NOTEBOOKS:
        prepare(path, lite / "contents")
    configure(lite, packages)
    command = [
        "lite",
        "build",
        "--lite-dir",
        lite,
        "--contents",
        lite / "contents",
        "--output-dir",
        SITE,
        "--no-sourcemaps",
        "--apps",
        "lab",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", *command], cwd=lite, capture_output=True, text=True
    )
    if done.returncode:
        raise pyodide.SiteError(f"jupyter lite build failed:\n{done.stdout}\n{done.stderr}")
    finish(pages.write(SITE, WORK))
    size = sum(path.stat().st_size for path in SITE.rglob("*") if path.is_file())
    print(f"{SITE.name}/: {len(NOTEBOOKS)} notebooks, {size / 1e6:.0f} MB. Serve it with any web server.")
    if not os.environ.get("PYTHON312"):
        print("Its Python starts slowly: no Python 3.12 was found to compile it ahead (PYTHON312=...).")


def prepare(path, folder):
    """Copy a notebook; give back what is said of it elsewhere.

    Its stored outputs stay, less the live half: with no Python yet, a lab shows its picture and its text.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = re.sub(LINK, r"\1", "".join(cell["source"]))
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET, None)
            join(output)
    folder.mkdir(exist_ok=True)
    (folder / path.name).write_text(json.dumps(notebook, indent=1), encoding="utf-8")
    return pages.facts(path.stem, notebook["cells"])


def join(output):
    """Make one text of each that is stored as a list of lines: JupyterLite would put commas between them."""
    for part in (output, output.get("data", {})):
        for kind, text in part.items():
            if isinstance(text, list) and all(isinstance(line, str) for line in text):
                part[kind] = "".join(text)


def configure(lite, packages):
    """Write JupyterLite's two files of settings."""
    options = {
        "pyodideUrl": "./static/pyodide/pyodide.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": packages},
    }
    page = {
        "appName": "convlab",
        "exposeAppInBrowser": True,
        "enableMemoryStorage": True,
        "litePluginSettings": {KERNEL_PLUGIN: options},
    }
    config = {"jupyter-lite-schema-version": 0, "jupyter-config-data": page}
    (lite / "jupyter-lite.json").write_text(json.dumps(config), encoding="utf-8")
    saved = json.loads((ROOT / "binder" / "jupyterlab-overrides.json").read_text(encoding="utf-8"))
    (lite / "overrides.json").write_text(json.dumps(saved | SETTINGS), encoding="utf-8")


def finish(notebooks):
    """Add the front page and the helper script, and make sure that Python comes from this site."""
    built = json.loads((SITE / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    if not built["litePluginSettings"].get(KERNEL_PLUGIN, {}).get("pyodideUrl", "").startswith("./static/"):
        raise pyodide.SiteError(
            "the built jupyter-lite.json lost pyodideUrl: Python would come from another host."
        )
    folder = SITE / "static" / "pyodide"
    files = {path.relative_to(SITE).as_posix(): path.stat().st_size for path in sorted(folder.iterdir())}
    later = [path for name in ("extensions", "files", "read") for path in sorted((SITE / name).rglob("*"))]
    later = [path.relative_to(SITE).as_posix() for path in later if path.suffix in READ_LATER]
    facts = {"files": files, "later": later, "binder": binder_link()}
    (SITE / "start.json").write_text(json.dumps(facts), encoding="utf-8")
    shutil.copy(HERE / "start.css", SITE)
    page = (HERE / "index.html").read_text(encoding="utf-8")
    page = page.replace("<!-- rows -->", "\n".join(map(row, notebooks)))
    page = page.replace("<!-- project -->", project())
    (SITE / "index.html").write_text(
        page.replace("MEGABYTES", f"{sum(files.values()) / 1e6:.0f}"), encoding="utf-8"
    )
    lab = SITE / "lab" / "index.html"
    text = lab.read_text(encoding="utf-8")
    lab.write_text(text.replace("<head>", f"<head>{IN_NOTEBOOKS}", 1), encoding="utf-8")
    keep_files()


def keep_files():
    """Put the worker that keeps files before JupyterLite's; its cache is named after what is in the site."""
    fingerprint = hashlib.sha256()
    for path in sorted(path for path in SITE.rglob("*") if path.is_file()):
        fingerprint.update(path.relative_to(SITE).as_posix().encode() + path.read_bytes())
    worker = SITE / "service-worker.js"
    worker.rename(SITE / "jupyterlite-service-worker.js")
    text = (HERE / "service-worker.js").read_text(encoding="utf-8")
    worker.write_text(text.replace("VERSION", fingerprint.hexdigest()[:16], 1), encoding="utf-8")


def binder_link():
    """Where to run the same notebooks on a server, or None if the repository's address is not known."""
    repository = os.environ.get("GITHUB_REPOSITORY")
    path = "lab/tree/notebooks/00_start_here.ipynb"
    return f"https://mybinder.org/v2/gh/{repository}/HEAD?urlpath={path}" if repository else None


def row(notebook):
    """Return a notebook's entry on the front page: a moving picture, its question, the ways to it."""
    safe = {what: html.escape(text) for what, text in notebook.items()}
    to, where = pages.way(safe["name"])
    return """<li>
<div class="film" data-name="{name}"><img loading="lazy" src="read/{picture}.png" alt=""></div>
<div><h3><a href="read/{name}.html">{number} {title}</a></h3><p>{question}</p>
<p class="ways"><span>{minutes} minutes</span> <a href="read/{name}.html" aria-label="Read: {title}">Read</a>
<a href="{to}" aria-label="Run {where}: {title}">Run {where}</a></p>
</div></li>""".format(
        number=notebook["name"][:2], picture=pages.still(notebook["name"]), to=to, where=where, **safe
    )


def project():
    """Return what the front page calls the project: a link, if its address is known."""
    repository = os.environ.get("GITHUB_REPOSITORY")
    return f'<a href="https://github.com/{repository}">the project</a>' if repository else "the project"


if __name__ == "__main__":
    try:
        main()
    except pyodide.SiteError as error:
        sys.exit(f"make site: {error}")
