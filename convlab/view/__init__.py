"""What a lab shows: plain data (`scene`), drawn live in the browser (`live`) or once (`plots`).

Both have one `look`: the colours, distances and sizes of `look.toml`.

>>> look.GREY[0], look.TEXT
([0, 0, 0], 11)
"""

import tomllib
from pathlib import Path
from types import SimpleNamespace

look = SimpleNamespace(**tomllib.loads(Path(__file__).with_name("look.toml").read_text(encoding="utf-8")))
