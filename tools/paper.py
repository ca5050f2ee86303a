"""A page for paper: black on white, A4, with nothing from the network."""
import html
import re

STYLE = """
@page { size: A4; margin: 18mm 20mm }
body { font: 12pt/1.45 "DejaVu Sans", Verdana, sans-serif; color: #000; margin: 0 auto; max-width: 170mm }
section { break-after: page }
section:last-child { break-after: auto }
h1 { font-size: 16pt; margin: 0 0 2mm }
header p { display: flex; gap: 8mm; margin: 0 0 4mm }
header span { flex: 1 }
ol { padding-left: 7mm }
li { margin-bottom: 5mm; break-inside: avoid }
.room { height: 17mm }
.line { border-bottom: 1px solid #000; display: inline-block; width: 40mm }
table { font-size: 10pt }
td { text-align: left; vertical-align: top; padding: 0 4mm 1mm 0 }
code { font-family: "DejaVu Sans Mono", monospace; font-size: 11pt; white-space: nowrap }
"""


def text(words):
    """Words as HTML, everything escaped; `code` between backticks, *emphasis* between stars."""
    words = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(words))
    return re.sub(r"\*(\w+)\*", r"<em>\1</em>", words)


def page(title, body, style=""):
    """One document."""
    head = f"<meta charset='utf-8'><title>{html.escape(title)}</title>\n<style>{STYLE}{style}</style>"
    return f"<!doctype html>\n<html lang='en'>\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
