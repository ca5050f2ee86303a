"""Python for the browser: Pyodide's files, the packages the notebooks need, ours, and a lock that lists them.

Every file is checked: Pyodide's core against a hash written here, its packages against the lock in that
core, the pure Python packages against `wheels.txt`. The browser checks them again against the lock
written here.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from email import message_from_string
from pathlib import Path

from tools.site import precompile

VERSION = "0.27.7"
CORE_SHA256 = "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
RELEASE = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
# The kernel wants these loaded. Naming them lets Pyodide fetch all at once, and not one after the other.
KERNEL = ["ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython", "micropip", "piplite"]
NEEDS = {  # what the metadata asks for, less what only a server, PDF files or the times of other places need
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "comm": ["traitlets"],
    "convlab": ["numpy", "matplotlib", "pillow", "ipywidgets", "anywidget"],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "matplotlib": "contourpy cycler kiwisolver numpy packaging pillow pyparsing python-dateutil".split(),
    "piplite": ["micropip"],
}
# The kernel does not start without these. They are large, and nothing here imports them: empty wheels do.
UNUSED = ["jedi", "ssl"]
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class SiteError(Exception):
    """Something that stops the build, in a sentence for the person who builds."""


def assemble(target, cache):
    """Put everything into `target`, with a lock of exactly that; give back the packages to preload."""
    target.mkdir(parents=True)
    core = fetch_core(cache)
    for name in CORE:
        shutil.copy(core / name, target / name)
    lock = json.loads((target / "pyodide-lock.json").read_text(encoding="utf-8"))
    official, ours = lock["packages"], {}
    for name, needs in NEEDS.items():
        if name in official:
            official[name]["depends"] = needs
    for wheel in [*wheels(cache), *(placeholder(name, cache) for name in UNUSED)]:
        entry = describe(wheel)
        ours[entry["name"]] = entry
        shutil.copy(wheel, target / wheel.name)
    kept = closure([*map(canonical, KERNEL), "convlab"], official | ours)
    for name in kept.keys() - ours.keys():
        fetch_package(official[name], target)
    for entry in kept.values():
        path = target / entry["file_name"]
        precompile.rewrite(path)
        entry["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    precompile.rewrite(target / "python_stdlib.zip")
    lock["packages"] = kept
    (target / "pyodide-lock.json").write_text(json.dumps(lock, indent=1), encoding="utf-8")
    return [*KERNEL, "convlab"]


def canonical(name):
    """`Typing_Extensions` → `typing-extensions`, as the lock spells its keys."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(names, packages):
    """Return {name: entry} of these packages and of all they depend on."""
    found, waiting = {}, list(names)
    while waiting:
        name = canonical(waiting.pop())
        if name not in found:
            found[name] = packages[name]
            waiting += packages[name]["depends"]
    return found


def check(path, sha256):
    """Raise unless the file has this hash."""
    if (found := hashlib.sha256(path.read_bytes()).hexdigest()) != sha256:
        raise SiteError(f"{path} is not the file it should be: its sha256 is {found}, expected {sha256}.")


def fetch_core(cache):
    """Return a folder with Pyodide's core: the npm package `pyodide`, the official one without packages."""
    archive = cache / f"pyodide-{VERSION}.tgz"
    if not archive.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise SiteError("npm is needed to fetch the core of Pyodide. It comes with Node.js.")
        subprocess.run(
            [npm, "pack", "--silent", f"pyodide@{VERSION}"], cwd=cache, check=True, stdout=subprocess.DEVNULL
        )
    check(archive, CORE_SHA256)
    with tarfile.open(archive) as tar:
        tar.extractall(cache, [f"package/{name}" for name in CORE], filter="data")
    return cache / "package"


def fetch_package(entry, target):
    """Copy an official package from the folder `PYODIDE_DIR`, or download it from the official release."""
    path, local = target / entry["file_name"], os.environ.get("PYODIDE_DIR")
    if local:
        if not (source := Path(local, entry["file_name"])).exists():
            raise SiteError(
                f"PYODIDE_DIR={local} has no {entry['file_name']}. Unset it to download the packages."
            )
        shutil.copyfile(source, path)
    else:
        with urllib.request.urlopen(RELEASE + entry["file_name"], timeout=60) as answer:
            path.write_bytes(answer.read())
    check(path, entry["sha256"])


def wheels(cache):
    """Return the paths of all wheels Pyodide does not have: from `wheels.txt`, of the kernel, our own."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    pure = cache / "wheels"
    anywhere = "--platform any --python-version 3.12 --implementation py --abi none".split()
    subprocess.run(
        [
            *pip,
            "download",
            "--no-deps",
            "--only-binary=:all:",
            *anywhere,
            "--require-hashes",
            "-r",
            HERE / "wheels.txt",
            "-d",
            pure,
        ],
        check=True,
    )
    own = cache / "own"
    shutil.rmtree(own, ignore_errors=True)
    subprocess.run([*pip, "wheel", "--no-deps", "-w", own, ROOT], check=True)
    extension = Path(
        sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
    )
    kernel = [path for path in extension.glob("*.whl") if not path.name.startswith("widgetsnbextension")]
    listed = [
        line.split("==")[0].replace("-", "_") for line in (HERE / "wheels.txt").read_text().splitlines()
    ]
    return [
        *(path for path in pure.glob("*.whl") if path.name.split("-")[0] in listed),
        *own.glob("*.whl"),
        *kernel,
    ]


def placeholder(name, cache):
    """Return a wheel of this name with nothing in it."""
    path = cache / f"{name}-0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}-0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")
        wheel.writestr(
            f"{name}-0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
    return path


def describe(wheel):
    """Return the lock's entry for a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        about = message_from_string(archive.read(metadata).decode())
    tops = {name.split("/")[0].removesuffix(".py") for name in names if name.endswith(".py")}
    name = canonical(about["Name"])
    return {
        "name": name,
        "version": about["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top for top in tops if top.isidentifier()),
        "depends": NEEDS.get(name, []),
        "unvendored_tests": False,
    }
