"""The live view: a scene drawn on canvases in the browser. What draws it is in `js/`.

Arrays travel as bytes, as `packing` says, each in a slot of its own: a step sends only the arrays it changed.
"""

import json
import threading
import uuid
from pathlib import Path

import anywidget
import traitlets

from convlab.view import look, packing
from convlab.view import scene as sc

SLOTS = 16
# JupyterLab may hand two messages to two threads of a kernel: one is dealt with after the other.
ONE_AT_A_TIME = threading.RLock()
_AS_BYTES = ("array", "x", "series")  # of a panel's fields; the page is told the others
# The page gets one module: these files, joined. Each uses only what stands before it, or is called later.
_PARTS = (
    *("numbers", "colours", "links", "packing", "arithmetic"),  # no page
    *("ending", "words", "panels", "sizes", "layout", "axes", "curve", "bars", "tower", "chart"),  # no view
    *("loupe", "motion", "paint", "pointer", "grid", "stage", "pages"),
    *("arrange", "room", "data", "player", "present", "line", "heartbeat", "view"),
)
_SCRIPT = f"const {{ {', '.join(vars(look))} }} = {json.dumps(vars(look))};"
_STYLE = "".join(f"--convlab-{name.lower()}: {vars(look)[name]}; " for name in ("ACCENT", "UNREAD", "LINE"))


def joined(*files):
    """Return these files of the page's side, one after the other."""
    return "\n".join((Path(__file__).parent / file).read_text(encoding="utf-8") for file in files)


class View(anywidget.AnyWidget):
    """Draw a `Scene`, live.

    Attributes
    ----------
    layout_ : dict
        Panels and links, without the numbers.
    words : dict
        Status sentence and tables.
    problem : str
        What is wrong with the present input; the picture then shows the last good state.
    pick : dict
        The cell chosen by click or keyboard: panel, tile, row, col. Hovering stays in the browser.
    edit : dict
        What the learner typed into a panel: its name, its shape as (tiles, rows, columns), the texts of its
        boxes (None: not touched), count.
    seen : int
        The count of the last edit that the picture answers to. Until it is that of the last one sent, the
        page leaves the boxes as the learner typed them: over a slow line, answers come late.
    controls : list of str
        The models that the page sends for, this one among them: it keeps the order in which they are moved.
    turn, whole : int
        The number of the drawing; that of the last one that was sent in full.
    """

    _esm = f"{_SCRIPT}\n{joined(*(f'js/{part}.js' for part in _PARTS))}"
    _css = f".convlab-lab, .convlab-view {{ {_STYLE}}}\n{joined('view.css')}"
    layout_ = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    pick = traitlets.Dict().tag(sync=True)
    edit = traitlets.Dict().tag(sync=True)
    seen = traitlets.Any(0).tag(sync=True)
    controls = traitlets.List().tag(sync=True)
    turn = traitlets.Int().tag(sync=True)
    whole = traitlets.Int().tag(sync=True)
    locals().update({f"array{slot}": traitlets.Bytes().tag(sync=True) for slot in range(SLOTS)})

    def __init__(self, **kwargs):
        own = uuid.uuid4().hex  # what the page needs to hear us travels with the model itself
        super().__init__(model_id=own, controls=[own], **kwargs)
        self.stands = dict  # how the controls stand: what the lab says, if there is one
        self.on_msg(lambda widget, content, buffers: self._answer(content))

    def set_state(self, sync_data):
        """Take what the page sends; not an edit that comes later than a newer one."""
        with ONE_AT_A_TIME:
            if sync_data.get("edit", self.edit).get("count", 0) >= self.edit.get("count", 0):
                super().set_state(sync_data)

    def _answer(self, asked):
        """Say how things stand, as the page asks now and then; or send all again, if something was lost."""
        if asked == "again":
            with self.hold_sync():
                self.whole = self.turn
                self.send_state()
        else:  # a restored notebook gets no answer
            stands = self.stands()  # may draw, so this comes first
            self.send({"turn": self.turn, "problem": self.problem, "stands": stands})

    def show(self, scene):
        """Draw `scene` and clear any problem.

        Parameters
        ----------
        scene : Scene
            At most 16 panels; every number finite.

        Raises
        ------
        ConvlabError
            If there are more panels, or one holds a number that is not finite.
        """
        sc.check(scene, SLOTS)
        panels = []
        with self.hold_sync():
            for slot, (name, panel) in enumerate(scene.panels.items()):
                made_by = [link for link in scene.links if link.target == name]
                packed, array = packing.pack(panel, made_by)
                setattr(self, f"array{slot}", array)
                panels.append(_describe(name, panel) | packed)
            about = {"rows": scene.arrangement(), "play": scene.play, "pick": scene.first_pick()}
            self.layout_ = about | {"panels": panels, "links": [_link(one) for one in scene.links]}
            self.words = {"says": scene.says, "tables": scene.tables}
            self.problem, self.turn = "", self.turn + 1
            self.answer()

    def answer(self):
        """Say that the last edit is dealt with: drawn, refused, or without effect."""
        self.seen = self.edit.get("count", 0)


def _describe(name, panel):
    told = {key: value for key, value in vars(panel).items() if key not in _AS_BYTES}
    about = told | {"name": name, "shape": panel.shape(), "kind": panel.drawn_as()}
    if isinstance(panel, sc.Curve):
        return about | {"labels": list(panel.series)}
    if isinstance(panel, sc.Tower):
        return about | {"captions": panel.captions()}
    low, high = panel.limits()
    about |= {"signed": bool(panel.signed()), "low": low, "high": high}
    return about | {"unread": [list(lines) for lines in panel.unread]}


def _link(link):
    rows, cols = ([packing.runs(part) for part in axis] for axis in (link.rows, link.cols))
    return vars(link) | {"rows": rows, "cols": cols, "weights": [float(weight) for weight in link.weights]}
