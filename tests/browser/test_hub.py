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

from tests.browser.test_walk import BOX, PICTURE, Walk
from tests.drivers.environments import ROOT, environment
from tests.drivers.jupyter import FLAGS, PATIENCE, SESSION, find_browser, playwright

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

# One learner's kernels end when they have been idle for a while, as most hubs have it.
def culled(spawner):
    if spawner.user.name == "cleo":
        for end in ("idle_timeout={idle}", "interval=1", "connected=True"):
            spawner.args = [*spawner.args, f"--MappingKernelManager.cull_{{end}}"]

c.Spawner.pre_spawn_hook = culled
"""
IDLE = 20  # seconds
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
    text = CONFIG.format(**ports, proxy=json.dumps([str(proxy)]), home=folder, password=PASSWORD, idle=IDLE)
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
    """Log in as `name` and follow the link; give back a hand once the first notebook has run."""
    address, folder = hub
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/hub/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("[type=submit]")
    page.wait_for_url("**/user/**")
    repo, path = f"file://{folder}/convlab", "lab/tree/convlab/notebooks/00_start_here.ipynb"
    branch = subprocess.run(
        ["git", "symbolic-ref", "--short", "HEAD"], cwd=folder / "convlab", capture_output=True, text=True
    ).stdout.strip()
    page.goto(f"{address}/hub/user-redirect/git-pull?repo={repo}&branch={branch}&urlpath={path}")
    page.wait_for_url("**/lab/tree/**")
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context?.isReady")
    run_all(page)
    hand = Walk(page)
    page.wait_for_function("what => first(what) >= 0", arg=BOX)
    hand.place(hand.offers(BOX), BOX)  # brings it in sight: JupyterLab lays out what is, and no more
    page.wait_for_function("what => words(first(what))", arg=BOX)
    return hand


def run_all(page, how="run-all-cells"):
    page.evaluate(f"async () => {{ await {SESSION}.ready; }}")
    page.evaluate("async how => { await jupyterapp.commands.execute(`notebook:${how}`); }", how)
    page.wait_for_function(
        "document.querySelectorAll('.convlab-lab [data-lm-suppress-shortcuts]').length > 1"
    )


def test_two_learners_each_see_their_own(hub, browser):
    hands = {name: follow_the_link(browser, hub, name) for name in ("ada", "ben")}
    lab = hands["ada"].offers(BOX)
    before = hands["ben"].page.evaluate("lab => words(lab)", lab)
    hands["ada"].type(lab)
    assert hands["ada"].page.evaluate("lab => words(lab)", lab) != before
    assert hands["ben"].page.evaluate("lab => words(lab)", lab) == before
    for name in hands:
        assert (hub[1] / name / "convlab" / "notebooks" / "00_start_here.ipynb").exists()


def kernels(page):
    """What the learner's server says of its kernels."""
    base = page.evaluate("jupyterapp.serviceManager.serverSettings.baseUrl")
    crumbs = {one["name"]: one["value"] for one in page.context.cookies(f"{base}api")}
    answer = page.context.request.get(f"{base}api/kernels", headers={"X-XSRFToken": crumbs["_xsrf"]})
    assert answer.ok, answer.text()
    return answer.json()


def test_a_kernel_that_the_hub_ended_says_so_and_comes_back(hub, browser):
    hand = follow_the_link(browser, hub, "cleo")
    page, lab = hand.page, hand.offers(BOX)
    said = page.evaluate("lab => words(lab)", lab)
    deadline = time.monotonic() + 180
    while kernels(page) and time.monotonic() < deadline:  # the page itself asks nothing meanwhile
        time.sleep(0.5)
    assert not kernels(page)
    asleep = "all()[lab].querySelector('.convlab-asleep')"
    page.mouse.click(*hand.place(lab, BOX))
    page.wait_for_function(f"lab => {asleep}.innerText.includes('not running: restart the kernel')", arg=lab)
    hand.hover(hand.offers(PICTURE))
    assert page.evaluate("lab => words(lab)", lab) == said
    page.wait_for_function(f"{SESSION}.hasNoKernel")  # JupyterLab asks its server every ten seconds
    page.evaluate("() => { for (const lab of all()) lab.dataset.old = 'yes'; }")
    run_all(page, "restart-run-all")  # run-all alone starts a kernel and runs nothing in it
    page.wait_for_function("what => first(what) >= 0 && !document.querySelector('[data-old]')", arg=BOX)
    lab = hand.offers(BOX)
    hand.place(lab, BOX)
    page.wait_for_function(f"lab => {asleep}.hidden", arg=lab)
    hand.type(lab)
