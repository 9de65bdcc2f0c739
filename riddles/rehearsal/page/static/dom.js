// Elements made by hand: text is only ever text, never markup.

export const one = (id) => document.getElementById(id);

/** An element; `on` holds listeners, `data` data attributes, null children are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const PATHS = {
  text: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  news: "M4 10v4h3l7 4V6l-7 4H4Zm13-1a4 4 0 0 1 0 6",
  forum: "M4 5h12v8H9l-5 4V5Zm6 11v1h5l5 3V9h-2",
  thread: "M6 4v9a3 3 0 0 0 3 3h10m-4-4 4 4-4 4",
  direct: "M4 6h16v11H4zm0 1 8 6 8-6",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12Zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  reply: "M20 18v-3a5 5 0 0 0-5-5H4m5-5-5 5 5 5",
  clock: "M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
};

/** A line drawing; decoration only, so hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A round face with an initial, in a colour of its own for each id. */
export function face(id, name) {
  const element = h("span", { class: "face", "aria-hidden": "true" });
  paintFace(element, id, name);
  return element;
}

export function paintFace(element, id, name) {
  let hue = 0;
  for (const letter of `${id}${name}`) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  element.style.setProperty("--hue", hue);
  element.textContent = [...name][0]?.toUpperCase() ?? "?";
}
