"""Break the project in many small ways, one at a time, in a copy, and see that a test notices each.

python -m tests.mutants.run             # all of them: `make mutants`
python -m tests.mutants.run page        # those whose file or name has this in it
"""

import base64
import concurrent.futures
import io
import json
import os
import queue
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
MUTANTS = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text(encoding="utf-8"))["mutant"]
WORKERS = 2


def draw_a_line(lesson):
    """Falsify the stored picture: one black line more."""
    data = lesson["outputs"][0]["data"]
    pixels = np.array(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("RGB"))
    pixels[len(pixels) // 2 - 2 : len(pixels) // 2 + 2] = 0
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    data["image/png"] = base64.b64encode(buffer.getvalue()).decode()


def falsify_numbers(lesson):
    """Change the number that the stored text states."""
    data = lesson["outputs"][0]["data"]
    data["text/plain"] = [line.replace("36", "37") for line in data["text/plain"]]


CHANGES = {
    "draw_a_line": draw_a_line,
    "falsify_numbers": falsify_numbers,
    "strip_outputs": lambda lesson: lesson.update(outputs=[]),
    "delete_alt": lambda lesson: lesson["outputs"][0]["metadata"].clear(),
    "forget_run": lambda lesson: lesson.update(execution_count=None),
    "ignore_output": lambda lesson: lesson["metadata"].update(tags=["nbval-ignore-output"]),
    "rename_lab": lambda lesson: lesson.update(source=["labs.slide_lab()"]),
}


def mutated(mutant, text):
    """Return the file's text with the mutant in it; the place has to be there, exactly once."""
    if "change" in mutant:
        notebook = json.loads(text)
        CHANGES[mutant["change"]](next(one for one in notebook["cells"] if one["id"] == mutant["cell"]))
        return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    if text.count(mutant["old"]) != 1:
        raise ValueError(
            f"{mutant['name']}: its place stands {text.count(mutant['old'])} times in {mutant['file']}"
        )
    return text.replace(mutant["old"], mutant["new"])


def copy_of_the_project(folder):
    """Copy every file that git knows of, as it is now."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, names.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def run(tests, folder):
    """Run a selection of tests in a copy; give back pytest's exit status: 0 passed, 1 failed, else broken."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *shlex.split(tests)]
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout


def attempt(mutant, folder):
    """Put one mutant into a copy, run its tests, and put the copy right again."""
    path = folder / mutant["file"]
    before = path.read_text(encoding="utf-8")
    path.write_text(mutated(mutant, before), encoding="utf-8")
    try:
        return run(mutant["tests"], folder)
    finally:
        path.write_text(before, encoding="utf-8")


def try_all(chosen, home):
    """Run every selection unharmed, then every mutant; return (status, pytest's words, seconds) of each."""
    copies = queue.SimpleQueue()
    for number in range(WORKERS):
        copies.put(copy_of_the_project(Path(home, str(number))))

    def work(job, argument):
        folder, start = copies.get(), time.perf_counter()
        try:
            return *job(argument, folder), time.perf_counter() - start
        finally:
            copies.put(folder)

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        selections = sorted({one["tests"] for one in chosen})
        unharmed = pool.map(lambda tests: work(run, tests), selections)
        for tests, (status, text, _) in zip(selections, unharmed, strict=True):
            if status != 0:
                sys.exit(f"Nothing is broken yet, and this fails already: {tests}\n{text}")
        return list(pool.map(lambda one: work(attempt, one), chosen))


def main():
    """Try the mutants, print a table, and fail if one survives."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [one for one in MUTANTS if word in f"{one['name']} {one['file']}"]
    with tempfile.TemporaryDirectory(prefix="convlab-mutants-") as home:
        outcomes = try_all(chosen, home)
    print(f"{'mutant':46} {'file':32} {'outcome':10} {'s':>4}  by")
    for one, (status, _, seconds) in zip(chosen, outcomes, strict=True):
        outcome = {0: "SURVIVED", 1: "caught"}.get(status, "BROKEN")
        print(f"{one['name']:46} {one['file']:32} {outcome:10} {seconds:4.0f}  {one['tests']}")
    caught = sum(status == 1 for status, *_ in outcomes)
    print(f"{caught} of {len(chosen)} caught")
    sys.exit(caught != len(chosen))


if __name__ == "__main__":
    main()
