"""The image and every map above it: how large each is, and what its units see."""

import functools
from typing import NamedTuple

import numpy as np

from convlab.arithmetic.geometry import Field, map_sizes, receptive_field, window_below


class Level(NamedTuple):
    """The image or the map of a layer: its side, its field, and what its unit 0 reads in the image."""

    name: str
    place: int
    n: int
    field: Field
    reads: list

    def seen(self, size):
        """For each unit along one axis, the share of what it reads that lies on the image."""
        at = np.add.outer(self.field.jump * np.arange(self.n), self.reads)
        return ((at >= 0) & (at < size)).mean(axis=1)

    @property
    def left(self):
        """Where unit 0 is drawn on a ruler of pixels: a jump wide, over the middle of what it sees."""
        return self.field.start + (self.field.size - self.field.jump) / 2

    def margin(self, size):
        """How far windows reach beyond an image of this size, on either side; at most the size itself."""
        end = self.field.start + (self.n - 1) * self.field.jump + self.field.size
        return min(max(0, -self.field.start, end - size), size)

    def starts(self, shift=0):
        """For each unit, what is added to `reads`."""
        return range(shift, shift + self.field.jump * self.n, self.field.jump)


@functools.lru_cache(maxsize=32)
def levels_of(layers, n, every=True):
    """List the image and every layer above it; or only the first of each new jump, and the last."""
    above = zip(map_sizes(layers, n)[1:], receptive_field(layers), strict=True)
    found = [Level("image", 0, n, Field(1, 1, 0), [0])]
    for k, (side, field) in enumerate(above, start=1):
        below = found[-1]
        new = field.jump > below.field.jump and window_below(layers[:k], 0, below.place)  # not beside it
        if every or new or k == len(layers):
            found.append(Level(layers[k - 1].name, k, side, field, window_below(layers[:k], 0)))
    return found
