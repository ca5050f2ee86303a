"""What notebook 00 says of its pictures."""

import numpy as np

from convlab import labs
from tests.claims.helpers import claims

states = claims("00_start_here")


def panels(**start):
    return {name: panel.array for name, panel in labs.sliding_lab(**start).scene.panels.items()}


@states("A corner pixel is read once, a pixel in the middle nine times.")
def test_how_often_a_pixel_is_read():
    read = np.zeros((6, 6), int)
    for row in range(4):
        for col in range(4):
            read[row : row + 3, col : col + 3] += 1
    assert read[0, 0] == 1 and (read[2:4, 2:4] == 9).all()
    assert panels()["output"].shape == (4, 4)


@states(
    "Look at the columns of 36. They stand exactly where the input steps from 0 to 9.",
    "where both sides of the window are equal, the products cancel, and where the right side is brighter, "
    "they do not.",
    "The kernel has −1, −2, −1 on its left and 1, 2, 1 on its right",
)
def test_36_where_the_sides_differ():
    seen = panels()
    x, kernel, output = seen["input"], seen["kernel"], seen["output"]
    assert kernel[:, 0].tolist() == [-1, -2, -1] and kernel[:, 2].tolist() == [1, 2, 1]
    assert set(np.unique(x)) == {0, 9} and set(np.unique(output)) == {0, 36}
    sides = x[1:5, 2:] - x[1:5, :-2]
    assert ((output == 36) == (sides > 0)).all() and ((output == 0) == (sides == 0)).all()


@states(
    "the output is a copy of the input's inner 4 × 4 part; with the 1 elsewhere, a copy shifted by one cell.",
    "Each output is now *a cell minus its left neighbour*: a difference.",
    "Below, all nine weights are 0 except the middle one.",
)
def test_kernels_that_copy():
    seen = panels(grid="a corner", kernel="copy")
    x = seen["input"]
    assert seen["kernel"].sum() == seen["kernel"][1, 1] == 1
    np.testing.assert_array_equal(seen["output"], x[1:5, 1:5])
    right = panels(grid="a corner", kernel=[[0, 0, 0], [0, 0, 1], [0, 0, 0]])["output"]
    np.testing.assert_array_equal(right, x[1:5, 2:])
    step = panels(grid="a corner", kernel=[[0, 0, 0], [-1, 1, 0], [0, 0, 0]])["output"]
    np.testing.assert_array_equal(step, x[1:5, 1:5] - x[1:5, :4])


def test_every_telling_cell_has_its_test():
    assert states.untold() == []
