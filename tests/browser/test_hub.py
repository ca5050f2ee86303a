"""A real JupyterHub with two learners, who follow nbgitpuller's link of the guide."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests.browser.test_walk import BOX, Walk
from tests.drivers.environments import ROOT, environment
from tests.drivers.jupyter import FLAGS, SESSION, find_browser, playwright

pytestmark = pytest.mark.skipif(
    "CONVLAB_FULL" not in os.environ, reason="minutes of installing: CONVLAB_FULL=1"
)
CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{hub}"
c.JupyterHub.hub_port = {inner}
c.ConfigurableHTTPProxy.command = {proxy}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{home}/{{username}}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.DummyAuthenticator.password = "{password}"
c.Spawner.environment = {{"CONVLAB_STRICT": "1"}}
c.Spawner.args = ["--allow-root", "--LabApp.expose_app_in_browser=True"]
"""
PASSWORD = "only for this test"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(address, process, log):
    """Wait until the hub answers: its proxy does so earlier, with an error."""
    deadline = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return urllib.request.urlopen(address, timeout=5)
        time.sleep(0.2)
    raise RuntimeError(log.read_text())


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Address of a hub, with the repository beside it in `copy`."""
    python = environment("hub", "jupyterlab", "jupyterhub>=5", "nbgitpuller")
    npm = ROOT / ".venv-hub" / "npm"
    proxy = npm / "node_modules" / ".bin" / "configurable-http-proxy"
    if not proxy.exists():
        command = [shutil.which("npm"), "install", "--silent", "--prefix", npm, "configurable-http-proxy"]
        subprocess.run(command, check=True)
    folder = tmp_path_factory.mktemp("hub")
    subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, folder / "convlab"], check=True)
    ports = {name: free_port() for name in ("hub", "inner", "api")}
    text = CONFIG.format(**ports, proxy=json.dumps([str(proxy)]), home=folder, password=PASSWORD)
    (folder / "config.py").write_text(text)
    with (folder / "log.txt").open("wb") as log:
        command = [python, "-m", "jupyterhub", "-f", "config.py"]
        programs = os.path.dirname(python)
        environ = os.environ | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
        }
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{ports['hub']}"
    wait_for(f"{address}/hub/login", process, folder / "log.txt")
    yield address, folder
    process.terminate()
    process.wait(30)


@pytest.fixture
def browser():
    started = playwright().chromium.launch(executable_path=find_browser(), args=FLAGS)
    yield started
    started.close()


def follow_the_link(browser, hub, name):
    """Log in as `name` and follow the link; give back the page once the first notebook is open."""
    address, folder = hub
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{address}/hub/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/user/**", timeout=90_000)
    repo, path = f"file://{folder}/convlab", "lab/tree/convlab/notebooks/00_start_here.ipynb"
    branch = subprocess.run(
        ["git", "symbolic-ref", "--short", "HEAD"], cwd=folder / "convlab", capture_output=True, text=True
    ).stdout.strip()
    page.goto(f"{address}/hub/user-redirect/git-pull?repo={repo}&branch={branch}&urlpath={path}")
    page.wait_for_url("**/lab/tree/**", timeout=90_000)
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context?.isReady", timeout=60_000)
    run_all(page)
    return page


def run_all(page):
    page.evaluate(f"async () => {{ await {SESSION}.ready; }}")
    page.evaluate("async () => { await jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(
        "document.querySelectorAll('.convlab-lab [data-lm-suppress-shortcuts]').length > 1"
    )


def test_two_learners_each_see_their_own(hub, browser):
    hands = {name: Walk(follow_the_link(browser, hub, name)) for name in ("ada", "ben")}
    lab = hands["ada"].offers(BOX)
    before = hands["ben"].page.evaluate("lab => words(lab)", lab)
    hands["ada"].type(lab)
    assert hands["ada"].page.evaluate("lab => words(lab)", lab) != before
    assert hands["ben"].page.evaluate("lab => words(lab)", lab) == before
    for name in hands:
        assert (hub[1] / name / "convlab" / "notebooks" / "00_start_here.ipynb").exists()
