const RAILS = { "├─": "tee", "└─": "elbow", "│ ": "line" };

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function row(of, here) {
  const item = element("div", "row");
  item.dataset.id = of.id;
  item.setAttribute("role", "treeitem");
  item.setAttribute("aria-level", of.level);
  item.setAttribute("aria-selected", of.chosen);
  item.setAttribute("aria-label", `${of.id} ${of.description}${of.current ? ` (${here})` : ""}`);
  if (of.current) item.setAttribute("aria-current", "true");
  item.tabIndex = of.chosen ? 0 : -1;
  item.title = of.description;
  item.style.setProperty("--rails", of.branch.length / 2);
  for (let at = 0; at < of.branch.length; at += 2) {
    item.append(element("span", `rail ${RAILS[of.branch.slice(at, at + 2)] ?? ""}`));
  }
  if (of.level > 1 && !of.branch.endsWith("─")) item.classList.add("stem");
  const thumb = element(of.image ? "img" : "span", "thumb", of.image ? "" : "?");
  if (of.image) Object.assign(thumb, { src: of.image, alt: "" });
  const text = element("span", "text");
  text.append(element("b", "", of.id), element("span", "description", of.description));
  if (of.current) text.firstChild.append(element("span", "here", here));
  item.append(thumb, text);
  return item;
}

function target(items, at, key) {
  const level = (index) => Number(items[index]?.getAttribute("aria-level"));
  if (key === "ArrowDown") return Math.min(at + 1, items.length - 1);
  if (key === "ArrowUp") return Math.max(at - 1, 0);
  if (key === "Home") return 0;
  if (key === "End") return items.length - 1;
  if (key === "ArrowRight") return level(at + 1) > level(at) ? at + 1 : at;
  if (key === "ArrowLeft") return Math.max(items.findLastIndex((_, index) => index < at && level(index) < level(at)), 0);
  return null;
}

function focus(items, item) {
  for (const one of items) one.tabIndex = one === item ? 0 : -1;
  item.focus();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const tree = parentElement.querySelector("[role=tree]");
  const focused = tree.querySelector(":focus")?.dataset.id;
  tree.setAttribute("aria-label", data.label);
  tree.replaceChildren(...data.rows.map((of) => row(of, data.here)));
  const items = [...tree.children];
  const again = items.find((item) => item.dataset.id === focused);
  if (again) focus(items, again);
  const choose = (item) => item && setTriggerValue("chosen", item.dataset.id);
  tree.onclick = (event) => choose(event.target.closest(".row"));
  tree.onkeydown = (event) => {
    const at = items.indexOf(event.target);
    if (event.key === "Enter" || event.key === " ") choose(event.target);
    else if (target(items, at, event.key) === null) return;
    else focus(items, items[target(items, at, event.key)]);
    event.preventDefault();
  };
  const current = data.rows.find((of) => of.current)?.id;
  if (current !== tree.dataset.current) {
    tree.dataset.current = current ?? "";
    const item = items.find((one) => one.dataset.id === current);
    if (item) tree.scrollTop = item.offsetTop - tree.clientHeight / 2;
  }
}
