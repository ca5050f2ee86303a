"""Drive labs in a real kernel without a page: for `tests/kernel` and `tools/bench/kernel.py`.

The driver speaks to widgets as a page does, by raw comm messages, and keeps what a page would know of them.
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds after which a silent kernel counts as dead
LINUX = sys.platform == "linux"  # macOS allows only short names for sockets
TRANSPORT = "ipc" if LINUX else "tcp"


def manager(**given):
    """Manage a kernel that speaks over files of its own.

    A kernel is told its ports before it opens them: one that another program took in between leaves it
    running and mute.
    """
    files = {"ip": f"{tempfile.gettempdir()}/convlab-{uuid.uuid4().hex}"} if LINUX else {}
    return KernelManager(transport=TRANSPORT, **files, **given)


class Kernel:
    """A Python kernel of its own, with the network refused.

    Attributes
    ----------
    models : dict
        The state of every widget, by model id, as the kernel sent it; bytes included.
    updates : dict
        How many updates the kernel sent to each model.
    received : int
        Bytes of messages to widgets so far, without their headers; set it to 0 before the part you count.
    stderr : list of str
        What went wrong without anybody waiting for it: an exception in a callback lands here.
    """

    def __init__(self):
        self.models, self.updates, self.stderr, self.received = {}, {}, [], 0
        # without a proxy on this machine, which would be a way out to the network
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment |= {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "CONVLAB_STRICT": "1"}
        self._manager = manager()
        self._manager.start_kernel(env=environment, cwd=str(ROOT), stderr=subprocess.DEVNULL)
        self.client = self._manager.client()
        self.client.context.rcvhwm = 0  # keep all that waits: where files carry it, little fits on the way
        self.client.start_channels()
        self.client.wait_for_ready(timeout=PATIENCE)
        self.run("from tests.drivers import no_network; no_network.refuse()")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Stop the kernel."""
        self.client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def run(self, code):
        """Run code as a cell: (what it printed, results as mimebundles); an exception is a RuntimeError."""
        number = self.client.execute(code, store_history=False, allow_stdin=False, stop_on_error=False)
        printed, results = [], []
        for message in self._until_idle(number):
            content = message["content"]
            if message["parent_header"].get("msg_id") != number:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError(f"{content['ename']}: {content['evalue']}, in\n{code}")
            if message["msg_type"] == "stream":
                printed.append(content["text"])
            elif "data" in content and message["msg_type"] in ("execute_result", "display_data"):
                results.append(content["data"])
        return "".join(printed), results

    def ask(self, expression):
        """Value of an expression in the kernel, by way of JSON."""
        return json.loads(self.run(f"import json; print(json.dumps({expression}))")[0])

    def send(self, model, **state):
        """Set traits of a widget as the page does; give back the number of the message."""
        content = {"comm_id": model, "data": {"method": "update", "state": state, "buffer_paths": []}}
        message = self.client.session.msg("comm_msg", content)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def storm(self, model, states):
        """Send all states at once, one message each, and wait until the kernel has dealt with the last."""
        *most, last = states
        for state in most:
            self.send(model, **state)
            self._read_waiting()  # as a server does: a pipe that nobody empties overflows
        for _ in self._until_idle(self.send(model, **last)):
            pass

    def warm(self, control, trait, values):
        """Draw the lab at some twenty values of a control, for caches to fill that are meant to."""
        some = values[:: max(1, len(values) // 20)]
        self.run(f"for value in {some}:\n    lab.controls[{control!r}].{trait} = value\n    lab.refresh()")

    def settle(self, lab="lab"):
        """Wait until a lab has drawn its newest state, without asking it to."""
        code = f"import asyncio\nwhile {lab}.waits: await asyncio.sleep(0)"
        self.run(code)

    def _read_waiting(self):
        with contextlib.suppress(queue.Empty):
            while True:
                self._keep(self.client.get_iopub_msg(timeout=0))

    def _until_idle(self, number):
        """Every message until the kernel is idle after message `number`."""
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            self._keep(message)
            yield message
            idle = message["content"].get("execution_state") == "idle"
            if idle and message["parent_header"].get("msg_id") == number:
                return

    def _keep(self, message):
        content, kind = message["content"], message["msg_type"]
        if kind == "stream" and content["name"] == "stderr":
            self.stderr.append(content["text"])
        if kind in ("comm_open", "comm_msg"):
            self.received += len(json.dumps(content)) + sum(map(len, message["buffers"]))
        if kind not in ("comm_open", "comm_msg") or content["data"].get("method", "update") != "update":
            return
        state, model = content["data"]["state"], content["comm_id"]
        for path, part in zip(content["data"].get("buffer_paths", []), message["buffers"], strict=True):
            if len(path) == 1:
                state[path[0]] = bytes(part)
        self.models.setdefault(model, {}).update(state)
        self.updates[model] = self.updates.get(model, 0) + 1


def describe(lab):
    """Say how to reach a lab by messages: model ids, and for every control its trait and legal values.

    Returns
    -------
    dict
        ``view``: model id. ``models``: ids of the view and all controls.
        ``controls``: name → [model id, trait, values], those with numbers first.
    """
    found = {name: _reach(control) for name, control in lab.controls.items() if hasattr(control, "model_id")}
    found = {name: reach for name, reach in found.items() if reach and len(reach[2]) > 1}
    ids = [lab.view.model_id, *(one.model_id for one in lab.controls.values() if hasattr(one, "model_id"))]
    first = sorted(found, key=lambda name: (found[name][1] != "value", isinstance(found[name][2][0], bool)))
    return {"view": lab.view.model_id, "models": ids, "controls": {name: found[name] for name in first}}


def _reach(control):
    if hasattr(control, "options"):
        return [control.model_id, "index", list(range(len(control.options)))]
    if isinstance(getattr(control, "value", None), bool):
        return [control.model_id, "value", [False, True]]
    if hasattr(control, "interval") or not hasattr(control, "min"):  # Play moves its slider in the page
        return None
    count = min(101, round((control.max - control.min) / control.step) + 1)
    return [control.model_id, "value", [round(control.min + k * control.step, 9) for k in range(count)]]
