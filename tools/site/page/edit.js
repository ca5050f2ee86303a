// Code cells that can be changed and run, once Python is there.

const RUN = "Run";

/** Make every code cell of the page editable; Shift and Enter, or its button, run it. */
export function editable(page, kernel) {
  for (const cell of page.cells) {
    const { code } = cell;
    code.contentEditable = "plaintext-only";
    code.spellcheck = false;
    code.setAttribute("role", "textbox");
    code.setAttribute("aria-multiline", "true");
    code.setAttribute("aria-label", "Code. Shift and Enter run it");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "run-cell";
    button.textContent = RUN;
    code.closest("pre").after(button);
    const run = () => runCell(page, kernel, cell, button);
    button.addEventListener("click", run);
    code.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.shiftKey) return;
      event.preventDefault();
      run();
    });
  }
}

async function runCell(page, kernel, cell, button) {
  const results = [];
  button.disabled = true;
  const future = kernel.requestExecute({ code: cell.code.innerText, stop_on_error: false });
  future.onIOPub = ({ header, content }) => {
    if (["stream", "display_data", "execute_result", "error"].includes(header.msg_type))
      results.push({ output_type: header.msg_type, ...content });
  };
  await future.done;
  await show(page, cell.output, results);
  button.disabled = false;
}

async function show(page, place, results) {
  place.replaceChildren();
  for (const one of results) await append(page, place, one);
}

async function append(page, place, { output_type, text, traceback, data = {}, metadata = {} }) {
  const view = data["application/vnd.jupyter.widget-view+json"];
  const made = document.createElement(view || data["text/html"] ? "div" : data["image/png"] ? "img" : "pre");
  place.append(made); // a widget stands only in what the page shows
  if (view) {
    made.className = "widget";
    await page.manager.show(view.model_id, made);
  } else if (data["text/html"]) made.innerHTML = data["text/html"];
  else if (data["image/png"]) {
    made.src = `data:image/png;base64,${data["image/png"]}`;
    made.alt = metadata["image/png"]?.alt ?? data["text/plain"];
  } else made.textContent = plain(text ?? traceback?.join("\n") ?? data["text/plain"] ?? "");
  if (output_type === "error") made.setAttribute("role", "alert");
}

const plain = (text) => text.replace(/\u001b\[[\d;]*m/g, ""); // a traceback comes with colours for a terminal
