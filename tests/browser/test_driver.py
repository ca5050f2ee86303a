"""The driver itself, on plain widgets: what every other browser test stands on."""
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import nbval.kernel
import pytest
from jupyter_server.services.kernels.connection.base import serialize_binary_message, serialize_msg_to_ws_v1

from tests.drivers import webdriver
from tests.drivers.jupyter import SESSION, kernel_message
from tests.drivers.kernel import Kernel

SLIDER = """\
import ipywidgets
slider, text = ipywidgets.IntSlider(3, 0, 9), ipywidgets.Label("3")
slider.observe(lambda change: setattr(text, "value", f"now {change.new}"), "value")
ipywidgets.VBox([slider, text])"""


def test_a_key_press_reaches_the_kernel_and_comes_back(lab):
    lab.run_code([SLIDER])
    lab.page.locator(".noUi-handle").focus()
    lab.sent.clear()
    lab.page.keyboard.press("ArrowRight")
    label = ".jp-OutputArea-output .widget-label:last-child"
    assert lab.wait_text(label, lambda text: "now" in text) == "now 4"
    assert [message["data"]["state"] for message in lab.sent] == [{"value": 4}]
    assert lab.errors == []


def test_theme_and_width(lab):
    for theme, width in (("dark", 420), ("light", 1000)):
        lab.run_code(["print(6 * 7)"], theme=theme, width=width)
        assert lab.page.evaluate("document.body.dataset.jpThemeName") == f"JupyterLab {theme.title()}"
        assert lab.page.evaluate("innerWidth") == width
        assert lab.page.locator(".jp-OutputArea-output:visible").inner_text() == "42\n"


def test_a_traceback_is_not_overlooked(lab):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        lab.run_code(["1 / 0"])


def test_what_a_page_throws_is_not_overlooked(lab):
    lab.page.evaluate("""message => new Promise(done => setTimeout(() => {
        setTimeout(done);
        throw new Error(message);
    }))""", "removeChild of ours")
    assert len(lab.errors) == 1 and "removeChild of ours" in lab.errors.pop()


def test_the_server_runs_our_setting(lab):
    assert "convlab.jupyter_server | extension was successfully loaded" in lab.log.read_text()


def test_widget_state_is_saved_so_that_a_lab_comes_back(lab):
    """The setting this project installs: run, save, kernel gone, page loaded anew, opened again."""
    path = lab.run_code([SLIDER])
    assert "widgets" in lab.save().metadata
    lab.forget()
    lab.load()
    lab.open(path)
    lab.page.locator(".noUi-handle").wait_for()
    assert lab.page.get_by_text("Error displaying widget").count() == 0


def test_a_message_is_read_in_every_format_a_kernel_speaks():
    parts = {"header": {"msg_id": "7"}, "parent_header": {}, "metadata": {}}
    parts["content"] = {"execution_state": "idle"}
    text = json.dumps(parts)
    v1 = serialize_msg_to_ws_v1([json.dumps(part).encode() for part in parts.values()] + [b"bytes"], "iopub")
    buffers = [serialize_binary_message(parts | {"buffers": some}) for some in ([], [b"bytes"] * 3)]
    for frame in (text, text.encode(), v1, *buffers):
        assert {name: kernel_message(frame)[name] for name in parts} == parts


# Being left, a page changes its own address, as JupyterLab does when its last notebook is closed.
OLD = """<script>
addEventListener("beforeunload", () => setTimeout(() => history.pushState({}, "", "/other")));
</script>"""


@pytest.mark.parametrize("browser", ["firefox", "webkit"])
def test_a_page_is_there_once_it_was_gone_to(browser):
    if webdriver.find(browser) is None:
        pytest.skip(f"no {browser}")

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/new":
                time.sleep(2)
            self.send_response(200)
            self.end_headers()
            self.wfile.write((OLD if self.path == "/old" else "<title>new</title>").encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with webdriver.open_page(browser) as page:
        for path in ("old", "new"):
            page.goto(f"http://127.0.0.1:{server.server_port}/{path}")
        assert page.evaluate("document.title") == "new"
    server.shutdown()
    server.server_close()


LEFT = """\
import comm
kinds = [one.target_name for one in comm.get_comm_manager().comms.values()]
"slider" in globals(), "jupyter.widget" in kinds"""


def test_nothing_of_one_test_is_left_for_the_next(lab):
    lab.run_code([SLIDER])
    first = lab.page.evaluate(f"{SESSION}.session.kernel.id")
    lab.rest()
    lab.run_code([LEFT])
    assert lab.page.locator(".jp-OutputArea-output:visible").inner_text().strip() == "(False, False)"
    assert lab.page.evaluate(f"{SESSION}.session.kernel.id") == first
    lab.rest()
    lab.forget()  # also of what rests
    lab.run_code([LEFT])
    assert lab.page.evaluate(f"{SESSION}.session.kernel.id") != first


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere kernels speak over ports")
def test_no_kernel_waits_at_a_port_that_another_program_may_take_first(lab):
    """With two workers one took it now and then: the kernel ran on and said nothing, and its test waited."""
    code = "get_ipython().kernel.parent.transport"
    with Kernel() as kernel:
        said = [kernel.run(code)[1][0]["text/plain"]]
    lab.run_code([code])
    said.append(lab.page.locator(".jp-OutputArea-output:visible").inner_text().strip())
    assert said == ["'ipc'", "'ipc'"]
    assert nbval.kernel.KernelManager().transport == "ipc"
