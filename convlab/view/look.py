"""One look for the page and the still picture, from `look.toml`: colours, distances and sizes by name.

>>> look.GREY[0], look.TEXT
([0, 0, 0], 11)
"""

import tomllib
from pathlib import Path
from types import SimpleNamespace

look = SimpleNamespace(**tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))
