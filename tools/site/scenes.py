"""Run a notebook and keep how its widgets stand: the scenes that a page draws with no Python behind it."""

import hashlib
import json
import os
import subprocess
from pathlib import Path

import nbclient
import nbformat

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = "IPY_MODEL_"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
ASK = "import json\nfrom tools.site import answers\nprint(json.dumps(answers.known()))"


def run(path, cache):
    """Return a notebook as executed, with the models of its widgets; from `cache` if nothing has changed.

    Returns
    -------
    dict
        "cells" as nbformat has them, each code cell with "models", the ids it opened in order; "state", the
        state of every model; "known", what cards and covered results do by themselves.
    """
    kept = cache / f"{path.stem}-{fingerprint(path)}.json"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(execute(path)), encoding="utf-8")
    return json.loads(kept.read_text(encoding="utf-8"))


def fingerprint(path):
    """Hash all that the scenes depend on."""
    here = Path(__file__)
    files = [path, here, here.with_name("answers.py"), *(ROOT / "convlab").rglob("*")]
    mark = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file() and file.suffix != ".pyc"):
        mark.update(file.read_bytes())
    return mark.hexdigest()[:16]


def execute(path):
    """Run every cell, then ask the kernel what the cards know."""
    notebook = nbformat.read(path, as_version=4)
    opened, cells = [], [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells.append(nbformat.v4.new_code_cell(ASK))
    environment = os.environ | {"CONVLAB_PROGRESS": "", "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        coalesce_streams=True,
        record_timing=False,
        on_cell_executed=lambda **_: opened.append(list(client.widget_state)),
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute(env=environment, stderr=subprocess.DEVNULL)  # where a kernel warns of its own ports
    known = json.loads(notebook.cells.pop().outputs[0]["text"])
    for k, cell in enumerate(cells):
        cell["models"] = opened[k][len(opened[k - 1]) if k else 0 :]
    state = notebook.metadata.widgets[STATE]["state"]
    return {"cells": notebook.cells, "state": state, "known": known}
