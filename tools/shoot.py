"""Take a picture of code or a notebook in a real JupyterLab.

    python -m tools.shoot --code "from convlab import labs; labs.sliding_lab()" --theme dark --out lab.png
    python -m tools.shoot --notebook notebooks/01_kernels.ipynb --run --width 420 --out notebook.png
"""
import argparse
import shutil
from pathlib import Path

from tests.drivers.jupyter import JupyterLab


def main():
    """Parse the command line, open JupyterLab, take the picture."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--code", action="append", help="source of a cell; may be given several times")
    what.add_argument("--notebook", type=Path, help="a notebook, shown as committed")
    parser.add_argument("--run", action="store_true", help="run the notebook first")
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--width", type=int, default=1000, help="of the window, in pixels")
    parser.add_argument("--select", help="CSS selector of the element to take instead of the whole notebook")
    parser.add_argument("--hover", help="CSS selector of an element to hover first")
    parser.add_argument("--out", required=True, help="the PNG to write")
    options = parser.parse_args()
    with JupyterLab() as lab:
        if options.code:
            lab.run_code(options.code, options.theme, options.width, errors_allowed=True)
        else:
            path = shutil.copy(options.notebook, lab.folder)
            lab.open(Path(path).name, options.theme, options.width)
            if options.run:
                lab.run_all(errors_allowed=True)
        lab.page.wait_for_load_state("networkidle")
        if options.hover:
            lab.page.locator(options.hover).first.hover()
        lab.screenshot(options.out, lab.page.locator(options.select).first if options.select else None)
        print(f"{options.out} written", *lab.errors, sep="\n")


if __name__ == "__main__":
    main()
