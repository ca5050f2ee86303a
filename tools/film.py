"""Make the README's moving picture, `tools/pictures/labs.gif`, from two labs in a real JupyterLab.

    python -m tools.film

It plays twice and stops: a picture that moves for ever beside a text keeps some readers from reading.
"""
import io
from pathlib import Path

from PIL import Image

from tests.drivers.jupyter import JupyterLab

TARGET = Path(__file__).resolve().parent / "pictures" / "labs.gif"
SIZE = (800, 676)
CODE = ["from convlab import labs", "labs.sliding_lab()", 'labs.kernel_lab("camera", "sobel")']


def frame(lab, number):
    """Take a picture of a lab, top left on a white page of the film's size."""
    shot = lab.page.locator(".convlab-lab").nth(number).screenshot()
    page = Image.new("RGB", SIZE, "white")
    page.paste(Image.open(io.BytesIO(shot)).convert("RGB"), (8, 8))
    return page


def sliding(lab):
    """Step through all windows: (picture, milliseconds)."""
    step = lab.page.locator("[data-act=step]").first
    for cell in range(16):
        step.click()
        place = f"output [{cell // 4}, {cell % 4}] "
        lab.wait_text(lab.page.locator(".convlab-arithmetic").first, lambda text: place in text)  # noqa: B023
        yield frame(lab, 0), 1500 if cell == 15 else 350


def turning(lab):
    """Turn the angle of a Sobel kernel, then point at three places."""
    page, second = lab.page, lab.page.locator(".convlab-lab").nth(1)
    status, slider = second.get_by_role("status"), second.get_by_role("slider", name="angle")
    yield frame(lab, 1), 1000
    for press in range(18):
        before = status.inner_text()
        slider.press("ArrowRight")
        lab.wait_text(status, lambda text: text != before)  # noqa: B023
        if press % 2 == 0:
            continue
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        yield frame(lab, 1), 300
    box = second.locator("[data-panel=output] canvas").bounding_box()
    for x, y in ((0.41, 0.27), (0.67, 0.62), (0.86, 0.9)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        lab.wait_text(second.locator(".convlab-arithmetic"), lambda text: text.startswith("output ["))
        yield frame(lab, 1), 1800


def main():
    """Run both labs, collect the frames, write the film."""
    with JupyterLab(width=920, height=1500) as lab:
        lab.run_code(CODE)
        lab.page.wait_for_function("document.querySelectorAll('.convlab-lab [aria-label=bias]').length > 0")
        frames = [*sliding(lab), *turning(lab)]
    pictures = [picture.quantize(96, dither=Image.Dither.NONE) for picture, _ in frames]
    TARGET.parent.mkdir(exist_ok=True)
    pictures[0].save(TARGET, save_all=True, append_images=pictures[1:], optimize=True, loop=1,
                     duration=[time for _, time in frames])
    print(f"{TARGET}: {len(frames)} frames, {TARGET.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
