"""What was answered, kept in one small file in the learner's folder. Nothing is sent anywhere."""

import errno
import json
import os
from datetime import datetime
from functools import lru_cache
from pathlib import Path

FILE = "convlab-progress.txt"  # lines of JSON; but what ends in json, JupyterLite gives back as one value
SERIES = "00_start_here.ipynb"  # where this lies, answers are kept
HEADER = {"convlab": "answers, kept only here: delete this file and they are forgotten"}
FOREIGN = f"{FILE} in this folder holds no answers, so it is left alone. Rename it, and answers are kept."
START = b'{"convlab": '


def keep(name, given, right):
    """Write one answer to the end of the file.

    Parameters
    ----------
    name : str
        A question or an exercise.
    given : str
    right : bool

    Returns
    -------
    str
        Empty, or a sentence that says why the answer is not kept. Never raises: an answer is judged anyway.
    """
    file = _file()
    if file is None:
        return ""
    when = datetime.now().isoformat(timespec="seconds")
    try:
        _append(file, {"name": name, "given": given[:80], "right": right, "when": when})
    except OSError as error:
        return f"(This answer is not kept: {_reason(error, file)})"
    return ""


def answers():
    """Every answer that is kept.

    Returns
    -------
    dict
        Name → its last answer: name, given, right, when; the latest last.
    """
    return _all()[0]


def trouble():
    """Return a sentence on what is wrong with the file; empty if it is well, or not there yet."""
    return _all()[1]


def _file():
    """Where answers are kept; `CONVLAB_PROGRESS` names another file, and none at all if it is empty.

    Lessons and solutions lie in folders within that of the series, and ask the same questions.
    """
    here = Path.cwd()
    homes = (one for one in (*reversed(here.parents[:2]), here) if (one / SERIES).exists())
    name = os.environ.get("CONVLAB_PROGRESS", next(homes, here) / FILE)
    return os.path.abspath(name) if name else None


def _append(file, answer):
    """One write to the end, so that two kernels never mix their lines or overwrite each other's."""
    line = json.dumps(answer, ensure_ascii=False) + "\n"
    with open(file, "a+b", buffering=0) as lines:
        lines.seek(0)
        start = lines.read(len(START))
        if not start:
            line = json.dumps(HEADER) + "\n" + line
        elif start != START:
            raise FileExistsError(errno.EEXIST, "not ours")
        elif lines.seek(-1, os.SEEK_END) and lines.read(1) != b"\n":
            line = "\n" + line  # what a full disk cut off stays a line of its own
        if lines.write(line.encode()) < len(line.encode()):
            raise OSError(errno.ENOSPC, "cut off")


def _reason(error, file):
    name = os.path.basename(file)
    return {
        errno.EEXIST: FOREIGN,
        errno.ENOSPC: "the disk is full.",
        errno.EACCES: f"{name} may not be written in this folder.",
        errno.EROFS: "this folder can only be read.",
        errno.EISDIR: f"{name} is a folder.",
    }.get(error.errno, f"{name}: {error.strerror}.")


def _all():
    """Return the answers, and what is wrong with the file."""
    file = _file()
    try:
        state = os.stat(file or "")
        return _read(file, state.st_ino, state.st_size, state.st_mtime_ns)
    except OSError:
        return {}, ""


@lru_cache(maxsize=1)
def _read(file, *state):
    """Read a file; again only in another state, since every card asks what was answered."""
    found, lost = {}, 0
    with open(file, "rb") as stream:
        lines = stream.read().split(b"\n")
    if not lines[0].startswith(START) and lines != [b""]:
        return found, FOREIGN
    # What has no end is not written yet; an empty line is another kernel's, that wrote while this one looked.
    for line in filter(bytes.strip, lines[:-1]):
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        match answer:
            case {"name": str(name), "given": str(), "right": bool(), "when": str()}:
                found.pop(name, None)  # the latest answer is the last
                found[name] = answer
            case {"convlab": _}:
                pass  # two kernels that began at once wrote it twice
            case _:
                lost += 1
    damage = f"{FILE} is damaged: {lost} of its lines cannot be read and are passed over."
    return found, damage if lost else ""
