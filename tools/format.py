"""Format the page's JavaScript and CSS with prettier, and keep a fingerprint of each formatted file.

    make format

prettier comes by npx. The tests compare the fingerprints, so they need no Node.
"""

import hashlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARKS = ROOT / "tests" / "data" / "formatted.txt"
PRETTIER = ("npx", "--yes", "prettier@3.10.1", "--print-width", "110", "--write")


def fingerprints():
    """Return ``{path: sha256}`` of every file prettier formats."""
    places = [ROOT / "convlab", ROOT / "tools" / "site" / "page"]
    files = sorted(path for place in places for end in ("js", "css") for path in place.rglob(f"*.{end}"))
    return {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def main():
    """Format, then write the fingerprints."""
    subprocess.run([*PRETTIER, *fingerprints()], cwd=ROOT, check=True)
    MARKS.write_text("".join(f"{mark}  {path}\n" for path, mark in fingerprints().items()), encoding="utf-8")


if __name__ == "__main__":
    main()
