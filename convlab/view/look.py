"""One look for the page and the still picture. `live` hands these to the page's scripts and styles.

Sizes are in pixels; a pair is from what can just be read to what is enough.
"""

ACCENT = "#e0007a"  # what is chosen, on every panel
HALO = "#ffffff"  # around it, so that it is seen on every ground
LINE = "#9a9a9a"  # between cells
PADDING, UNREAD = "#8a8a8a", "#c00000"  # of stripes
FOUND = ("#000000", "#ffe600")  # frames around what was found, outside and inside
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")  # lines and bars
DASHES = ((), (7, 4), (2, 3), (9, 3, 2, 3))  # of lines: on, off, …
# Signed maps: dark blue (negative), grey (zero), pale orange (positive). Brightness grows all the way,
# so the sign can be read without colour.
SIGNED = ((8, 48, 107), (136, 136, 136), (255, 214, 140))
GREY = ((0, 0, 0), (128, 128, 128), (255, 255, 255))

SAID = {"to do": "#6b7280", "not yet": "#b45309", "right": "#15803d"}  # beside what is said to an answer

BESIDE, BELOW = 26, 14  # between two columns, between two rows
GAP, LABEL = 10, 16  # between two tiles; the line above a tile
LINE_HIGH, LEGEND = 20, 22  # a line of a caption; the scale of colours
NARROWEST = 180  # a caption is broken from here on
STRIP, NAME = 20, 120  # the height of a strip, the room before it for its name
NUMBER, TEXT = (24, 46), 11  # the side of a cell with a number in it; the smallest type there
PHOTOGRAPH, MAP = (200, 640), (132, 480)  # the longer side of a photograph, and of a smaller map
TILE = ((112, 300), (56, 180), (30, 110))  # of one of up to 4 tiles, of up to 16, of more
CHART = {  # widths and heights
    "curve": ((260, 620), (136, 340)),
    "bars": ((300, 860), (115, 420)),
    "tower": ((420, 1000), (190, 330)),
}
BAND = 35  # more height for each row of bars
FEW = 12  # up to this many points are drawn as dots on the line, each with a tick
DEPTH = (0.35, 0.25)  # of a box: how far a pixel of its map goes to the right and up
SHADES = (0, 0.35, -0.3)  # of its front, top and side: towards white, or black
ROWS = 5  # for the names of the shapes
