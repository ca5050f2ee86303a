"""Run notebooks again and store their results, so that a diff shows what a learner would see change.

    python -m tools.notebooks                              # all of them
    python -m tools.notebooks notebooks/01_kernels.ipynb
"""
import os
import sys
import uuid
from pathlib import Path

import nbclient
import nbformat

ROOT = Path(__file__).resolve().parent.parent
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},                        # without it some front ends ask for a kernel
}
WIDGET = "application/vnd.jupyter.widget-view+json"
PASSING = ("execution", "collapsed", "scrolled", "trusted")   # how a cell was last looked at


def run(path):
    """Execute the notebook in place, as for a learner who comes first; one that raises is left as it was."""
    os.environ["CONVLAB_PROGRESS"] = ""
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", force_raise_errors=True, coalesce_streams=True,
        record_timing=False, store_widget_state=False, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    normalise(notebook, path.stem)
    path.write_text(nbformat.writes(notebook).rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def normalise(notebook, name):
    """Take out what differs from run to run or from front end to front end."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for key in PASSING:
            cell.metadata.pop(key, None)
        for number, output in enumerate(cell.get("outputs", [])):
            view = output.get("data", {}).get(WIDGET)
            if view:                                            # a random id at every run
                view["model_id"] = uuid.uuid5(uuid.NAMESPACE_URL, f"{name}/{cell.id}/{number}").hex


def main():
    """Run the notebooks named, or all."""
    every = (path for path in (ROOT / "notebooks").rglob("*.ipynb") if path.parent.name != "routes")
    paths = [Path(name).resolve() for name in sys.argv[1:]] or sorted(every)    # tools.routes makes those
    failed = []
    for path in paths:
        print(path.name, flush=True)
        try:
            run(path)
        except nbclient.exceptions.CellExecutionError as error:
            failed.append(path.name)
            print(error, file=sys.stderr)
    if failed:
        sys.exit(f"failed, and left as they were: {', '.join(failed)}")


if __name__ == "__main__":
    main()
