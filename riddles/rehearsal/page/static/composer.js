// The line at the bottom: who acts, which command, and a form for its options.

import { h, one } from "./dom.js";
import { ask } from "./server.js";
import { fieldFor } from "./fields.js";
import { t } from "./texts.js";

const input = one("command");
const palette = one("palette");
const form = one("form");
let commands = [];
let matching = [];
let marked = 0;
let chosen = null;
let world = null;

export function start(shared) {
  world = shared;
  input.addEventListener("input", suggest);
  input.addEventListener("focus", suggest);
  input.addEventListener("keydown", steer);
  input.addEventListener("blur", () => setTimeout(hidePalette, 120));
  form.addEventListener("submit", send);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) leave();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !one("modal").open) {
      event.preventDefault();
      input.value = "/";
      input.focus();
      suggest();
    }
  });
}

/** The commands on offer changed: another member, another channel, or new ones registered. */
export function offer(list) {
  commands = list;
  if (chosen) {
    // Somebody may be typing: the form is only made anew where the command itself changed.
    const same = commands.find((each) => each.path === chosen.path);
    if (!same) cancel();
    else if (JSON.stringify(same) !== JSON.stringify(chosen)) choose(same, false);
  }
  if (document.activeElement === input) suggest();
}

function suggest() {
  const words = input.value.replace(/^\//, "").trim().toLowerCase();
  const score = (each) => (each.label.startsWith(words) ? 0 : each.label.includes(words) ? 1 : `${each.path} ${each.description}`.toLowerCase().includes(words) ? 2 : 3);
  matching = commands.map((each) => [score(each), each]).filter(([points]) => points < 3).sort((a, b) => a[0] - b[0]).map(([, each]) => each);
  marked = 0;
  palette.replaceChildren(...(matching.length ? matching.map(item) : [h("li", { class: "none" }, t("commands.none"))]));
  palette.hidden = false;
  input.setAttribute("aria-expanded", "true");
  mark();
}

function item(each, index) {
  const takes = each.options.map((option) => h("span", { class: `takes ${option.required ? "" : "maybe"}` }, option.label));
  const element = h("li", { id: `command-${index}`, role: "option" }, h("strong", {}, `/${each.label}`), ...takes, h("small", {}, each.description));
  element.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    choose(each);
  });
  return element;
}

function mark() {
  for (const [index, element] of [...palette.children].entries()) {
    element.setAttribute("aria-selected", String(index === marked));
    if (index === marked) element.scrollIntoView({ block: "nearest" });
  }
  if (matching.length) input.setAttribute("aria-activedescendant", `command-${marked}`);
}

function steer(event) {
  if (event.key === "Escape") {
    if (!chosen) input.value = "";
    return hidePalette();
  }
  if (palette.hidden) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    marked = (marked + (event.key === "ArrowDown" ? 1 : -1) + matching.length) % Math.max(1, matching.length);
    mark();
  } else if ((event.key === "Enter" || event.key === "Tab") && matching[marked] && (event.key === "Enter" || input.value)) {
    event.preventDefault();
    choose(matching[marked]);
  }
}

function hidePalette() {
  palette.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function choose(command, focus = true) {
  chosen = command;
  hidePalette();
  input.value = `/${command.label}`;
  const fields = command.options.map((option) => fieldFor(option, command, world, () => given(fields)));
  form.fields = fields;
  const submit = h("button", { type: "submit", class: "accent" }, t("send"));
  form.replaceChildren(
    h("div", { class: "form-head" }, h("strong", {}, `/${command.label}`), h("small", {}, command.description)),
    ...fields.map((field) => field.element),
    h("div", { class: "form-end" }, h("button", { type: "button", class: "plain", on: { click: leave } }, t("cancel")), submit),
  );
  form.hidden = false;
  if (focus) (fields[0]?.control ?? submit).focus();
}

const given = (fields) => Object.fromEntries(fields.map((field) => [field.name, field.value()]).filter(([, value]) => value !== null));

async function send(event) {
  event.preventDefault();
  const submit = form.querySelector("[type=submit]");
  submit.disabled = true;
  const options = {};
  for (const field of form.fields) {
    const value = await (field.read ?? field.value)();
    if (value !== null) options[field.name] = value;
  }
  const path = chosen.path;
  cancel();
  const answer = await ask("act/command", { member: world.member, channel: world.channel.id, path, options });
  world.answered(answer);
  if (!one("modal").open) input.focus({ preventScroll: true });
  hidePalette();
}

function leave() {
  cancel();
  input.focus();
}

function cancel() {
  chosen = null;
  input.value = "";
  form.hidden = true;
  form.replaceChildren();
}
