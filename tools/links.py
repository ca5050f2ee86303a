"""Set the account, the hub and the Binder that the links of the project lead to.

    python -m tools.links account=my-school hub=hub.my-school.edu binder=mybinder.org

The addresses stand in one place, `[tool.convlab.links]` of pyproject.toml. README, guide and notebooks
follow. What is not given stays as it is.
"""
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = r"[A-Za-z0-9][A-Za-z0-9-]*"
HOST = r"[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?"
LEGAL = {"account": NAME, "hub": HOST, "binder": HOST}
# Where the addresses stand in texts: what is before one, and what is behind it.
PLACES = [
    ("account", r"github\.com/", r"/convlab"),
    ("account", r"github\.com%2F", r"%2Fconvlab"),
    ("account", r"/v2/gh/", r"/convlab"),
    ("binder", r"https://", r"/v2/gh/[^/\s]+/convlab"),
    ("binder", r"https://", r"/badge_logo\.svg"),
    ("hub", r"https://", r"/hub/user-redirect"),
]
TEXTS = ("README.md", "notebooks/*.ipynb", "notebooks/*.md", "notebooks/*.html", "tools/site/index.html")


def links():
    """Return account, hub and Binder as pyproject.toml has them."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["convlab"]["links"]


def pointed(text, to):
    """Return a text with its links leading to `to`."""
    for what, before, behind in PLACES:
        text = re.sub(rf"({before}){LEGAL[what]}(?={behind})", rf"\g<1>{to[what]}", text)
    return text


def texts():
    """Every tracked file that may hold such a link."""
    names = subprocess.check_output(["git", "ls-files", "-z", *TEXTS], cwd=ROOT, text=True)
    return [ROOT / name for name in names.split("\0") if name]


def given(words):
    """Read account=…, hub=… and binder=…; an address may come with https:// before it."""
    found = {}
    for word in words:
        what, _, value = word.partition("=")
        value = value.removeprefix("https://").strip("/ ")
        if what not in LEGAL or (value and not re.fullmatch(LEGAL[what], value)):
            sys.exit(f"{word!r} is no address. Give them as: make links ORG=my-school HUB=hub.my-school.edu")
        if value:
            found[what] = value
    return found


def main():
    """Write what is given into pyproject.toml, and point every text there."""
    to = links() | given(sys.argv[1:])
    project = ROOT / "pyproject.toml"
    table = "\n".join(["[tool.convlab.links]", *(f'{what} = "{value}"' for what, value in to.items())])
    text = re.sub(r"\[tool\.convlab\.links\](\n\w+ = .*)+", table, project.read_text(encoding="utf-8"))
    project.write_text(text, encoding="utf-8", newline="\n")
    for path in texts():
        before = path.read_text(encoding="utf-8")
        if pointed(before, to) != before:
            path.write_text(pointed(before, to), encoding="utf-8", newline="\n")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
