"""The notebooks of the routes are made from the series, and fit their time."""
import nbformat
import pytest

from convlab import checks
from tools import routes

LESSONS = routes.lessons()


@pytest.mark.parametrize("name", LESSONS)
def test_a_route_is_what_the_series_makes_of_it(name):
    """After a change of the series or of the script: python -m tools.routes."""
    stored = nbformat.read(routes.TARGET / f"{name}.ipynb", as_version=4)
    assert stored == routes.made(LESSONS[name])


def test_nothing_else_lies_there():
    assert {path.stem for path in routes.TARGET.iterdir()} == set(LESSONS)


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_fits_its_time_and_says_what_to_do(name):
    lesson = LESSONS[name]
    assert sum(step["minutes"] for step in lesson["step"]) == (90 if name.startswith("90") else 45)
    assert set(lesson["exit"]) <= set(checks.subjects())
    assert len(lesson["exit"]) == 2
    for step in lesson["step"]:
        cards = len([cell for cell in step["cells"] if "." in cell])
        assert step["minutes"] >= 3 * cards
        assert bool(step.get("wrong")) or not cards
        assert all(answer.count(" → ") == 1 for answer in step.get("wrong", []))


def test_a_cell_that_is_not_there_is_named():
    with pytest.raises(LookupError, match="no code cell of notebook 01 has 'kernels.nothing' in it"):
        routes.copied("01: kernels.nothing")
