"""`make notebooks`: what it stores is the same at every run, and a notebook that fails stays as it was."""
import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from tools import notebooks


def write(path, *sources):
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    cells[0].metadata = {"execution": {"iopub.execute_input": "today"}, "tags": ["hard"]}
    nbformat.write(new_notebook(cells=cells, metadata={"widgets": {}, "toc": 1}), path)
    return path


def test_twice_the_same_file(tmp_path):
    path = write(tmp_path / "lesson.ipynb", "import ipywidgets as w", "w.IntSlider(24)", "print('é')\n6 * 7")
    notebooks.run(path)
    first = path.read_bytes()
    notebooks.run(path)
    assert path.read_bytes() == first and first.endswith(b"}\n") and "é".encode() in first
    stored = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in stored.cells] == [1, 2, 3]
    assert [cell.id for cell in stored.cells] == ["cell-0", "cell-1", "cell-2"]
    assert stored.metadata == notebooks.METADATA and stored.cells[0].metadata == {"tags": ["hard"]}
    assert stored.cells[1].outputs[0].data["text/plain"] == "IntSlider(value=24)"


@pytest.mark.parametrize("source", ["1 / 0", "%nosuchmagic"])
def test_a_failing_notebook_stays_as_it_was(tmp_path, source):
    path = write(tmp_path / "lesson.ipynb", source)
    before = path.read_bytes()
    with pytest.raises(CellExecutionError):
        notebooks.run(path)
    assert path.read_bytes() == before
