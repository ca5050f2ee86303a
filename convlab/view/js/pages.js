// Tables and texts: in the stage where a row names them, else on pages behind the picture.

const PICTURE = "picture";

function say(view) {
  const { model, status, notice, stage } = view,
    words = model.get("words"),
    problem = model.get("problem");
  status.textContent = words.says ?? "";
  fillPages(view, words.tables ?? {});
  notice.hidden = !problem;
  notice.textContent = problem ? `⚠ ${problem} The picture still shows the last good state.` : "";
  stage.classList.toggle("convlab-stale", Boolean(problem));
}

function fillPages(view, tables) {
  const { parts, page } = view,
    behind = Object.keys(tables).filter((name) => !(name in parts));
  if (Object.keys(view.sheets).join() !== behind.join()) {
    page.replaceChildren();
    view.sheets = Object.fromEntries(behind.map((name) => [name, { table: makeSheet(page, name) }]));
  }
  for (const name in tables) fillSheet(parts[name] ?? view.sheets[name], tables[name]);
}

const makeSheet = (box, name) =>
  make("div", box, { class: "convlab-sheet", role: "region", "aria-label": name, tabindex: "0" });

function fillTabs(view) {
  const { tabs, stages, sheets } = view,
    names = [...Object.keys(stages), ...Object.keys(sheets)];
  if (tabs.dataset.names !== names.join()) {
    tabs.dataset.names = names.join();
    tabs.replaceChildren();
    for (const name of names) {
      const tab = make("button", tabs, { type: "button", text: name });
      tab.addEventListener("click", () => turn(view, name), { signal: view.signal });
    }
    tabs.hidden = names.length === 1;
  }
  turn(view, names.includes(view.turned) ? view.turned : PICTURE);
}

function turn(view, name) {
  const { stages, sheets, parts, stage, page, room } = view,
    laid = stages[name];
  view.turned = name;
  for (const tab of view.tabs.children) tab.setAttribute("aria-pressed", String(tab.textContent === name));
  for (const one in parts) parts[one].figure.hidden = !laid?.boxes[one];
  for (const one in sheets) sheets[one].table.hidden = one !== name;
  stage.hidden = !laid;
  page.hidden = Boolean(laid);
  stage.style.height = `${heightOf((laid ?? stages[PICTURE]).lines)}px`;
  page.style.height = room.wide ? stage.style.height : "";
  repaint(view);
}

function fillSheet(part, content) {
  // a table, whose first row is its header, or a text
  const text = JSON.stringify(content);
  if (part.text === text) return;
  const form = text.replace(/\d/g, "0"); // all digits are equally wide
  if (part.form !== form) part.stale = true;
  [part.text, part.form] = [text, form];
  part.table.replaceChildren();
  if (typeof content === "string") return void make("pre", part.table, { text: content });
  const table = make("table", part.table, { class: "convlab-table" });
  content.forEach((row, k) => {
    const line = make("tr", table);
    for (const cell of row)
      make(!k && cell ? "th" : "td", line, !k && cell ? { text: cell, scope: "col" } : { text: cell });
  });
}
