"""Windows glide in play and where stride, padding or dilation change; with reduced motion they do not."""

import pytest

STATUS, SUMS = ".convlab-status", ".convlab-arithmetic"
# Acts, then keeps what every frame shows; done when twenty frames were alike after the first change.
# The clock goes by the frames, 16 ms each, however long a busy machine takes for one.
FILM = """async ([panel, act, name, key, more = 0]) => {
    let now = performance.now();
    performance.now = () => now;
    const frame = async () => { await new Promise(requestAnimationFrame); now += 16; };
    const look = () => document.querySelector(`[data-panel='${panel}'] canvas`).toDataURL();
    const sums = () => document.querySelector(".convlab-arithmetic").textContent;
    const films = [look()], said = [sums()];
    for (let k = 0; k < more; k++) { document.querySelector(name).click(); await frame(); }
    if (act === "click") document.querySelector(name).click();
    else [...document.querySelectorAll(".noUi-handle")].find(one => one.ariaLabel === name)
        .dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    for (let still = 0, all = 0; still < 20; all++) {
        if (all > 600) throw new Error("nothing changed in 600 frames");
        await frame();
        if (look() !== films.at(-1)) { films.push(look()); said.push(sums()); still = 0; }
        else if (films.length > 1) still++;
    }
    delete performance.now;
    return [films, said];
}"""
CASES = {
    "a step": ("labs.sliding_lab()", ["input", "click", "[data-act=step]", ""]),
    "a stride": ("labs.stride_lab(n=7, kernel=3, stride=1)", ["output", "key", "stride s", "ArrowRight"]),
    "a padding": (
        "labs.stride_lab(n=7, kernel=3, stride=1, also='times read')",
        ["reads", "key", "padding p", "ArrowRight"],
    ),
    "a dilation": (
        "labs.stride_lab(n=7, kernel=3, stride=1, also='times read')",
        ["reads", "key", "dilation d", "ArrowRight"],
    ),
}


def film(lab, code, act, motion):
    """Return the different pictures that frames showed, and what the arithmetic said at each."""
    lab.page.emulate_media(reduced_motion=motion)
    lab.run_code([f"from convlab import labs\n{code}"])
    lab.page.wait_for_selector(".convlab-lab [data-lm-suppress-shortcuts]")
    found = lab.page.evaluate(FILM, act)
    assert not lab.errors
    lab.rest()
    return found


@pytest.mark.parametrize("name", CASES)
def test_windows_and_cells_glide_to_the_picture_that_stands_at_once_without_motion(lab, name):
    code, act = CASES[name]
    still, said_still = film(lab, code, act, "reduce")
    assert len(still) == 2, "with reduced motion the pixels are final in one frame"
    moving, said = film(lab, code, act, "no-preference")
    assert len(moving) > 3 and moving[0] == still[0] and moving[-1] == still[-1]
    assert said[1] == said[-1] == said_still[-1], "the numbers are there from the first frame on"


def test_the_next_step_interrupts_the_glide(lab):
    code, act = CASES["a step"]
    (still, _), (moving, said) = (
        film(lab, code, [*act, 2], motion) for motion in ("reduce", "no-preference")
    )
    assert moving[-1] == still[-1] and len(still) <= 4 < len(moving)
    assert said[-1].startswith("output [0, 2] = ")
