// One field for each kind of option a command can have.

import { h } from "./dom.js";
import { ask } from "./server.js";
import { t } from "./texts.js";

const TEXT = 3, WHOLE = 4, YES_NO = 5, PERSON = 6, CHANNEL = 7, ROLE = 8, FIGURE = 10, FILE = 11;
let serial = 0;

/** A labelled field; `value()` is what would be sent, or null where nothing was entered. */
export function fieldFor(option, command, world, others) {
  const id = `field-${++serial}`;
  const common = { id, required: option.required, "aria-describedby": `${id}-about` };
  const field = { name: option.name, ...control(option, common, world, { path: command.path, given: others }) };
  const note = t(option.required ? "required" : "optional");
  field.element = h("div", { class: "field" }, h("label", { for: id }, option.label, h("span", { class: option.required ? "must" : "may" }, note)),
    field.wrapped ?? field.control, h("small", { id: `${id}-about` }, option.description));
  return field;
}

function control(option, common, world, form) {
  if (option.choices.length) return chooser(option, common, option.choices.map((each) => [each.value, each.label]));
  if (option.autocomplete) return proposals(option, common, world, form);
  switch (option.type) {
    case YES_NO: return chooser(option, common, [[true, t("yes")], [false, t("no")]]);
    case PERSON: return chooser(option, common, world.people().map((each) => [each.id, each.name]));
    case CHANNEL: return chooser(option, common, Object.entries(world.channelNames).map(([id, name]) => [id, `#${name}`]));
    case ROLE: return chooser(option, common, Object.entries(world.roles).map(([id, name]) => [id, `@${name}`]));
    case WHOLE: case FIGURE: return figure(option, common);
    case FILE: return upload(option, common);
    default: return text(option, common);
  }
}

function chooser(option, common, entries) {
  const control = h("select", common, h("option", { value: "" }, option.required ? t("choose") : "—"), ...entries.map(([, label], index) => h("option", { value: String(index) }, label)));
  return { control, value: () => (control.value === "" ? null : { type: option.type, value: entries[Number(control.value)][0] }) };
}

function text(option, common) {
  const control = h("input", { ...common, type: "text", maxlength: option.max_length ?? 6000, minlength: option.min_length, autocomplete: "off" });
  return { control, value: () => (control.value ? { type: option.type, value: control.value } : null) };
}

function figure(option, common) {
  const control = h("input", { ...common, type: "number", min: option.min_value, max: option.max_value, step: option.type === WHOLE ? "1" : "any" });
  return { control, value: () => (control.value === "" ? null : { type: option.type, value: Number(control.value) }) };
}

function upload(option, common) {
  const control = h("input", { ...common, type: "file" });
  const read = async () => {
    if (!control.files.length) return null;
    const bytes = new Uint8Array(await control.files[0].arrayBuffer());
    let binary = "";
    for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return { type: option.type, filename: control.files[0].name, value: btoa(binary) };
  };
  return { control, value: () => null, read };
}

/** A text field whose proposals come from the bot while one types. */
function proposals(option, common, world, form) {
  const list = h("ul", { class: "proposals", role: "listbox", id: `${common.id}-list`, hidden: true, "aria-label": option.label });
  const control = h("input", { ...common, type: "text", autocomplete: "off", role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" });
  let choices = [];
  let picked = null;
  let marked = -1;
  let asked = 0;
  let timer = 0;

  const show = (visible) => {
    list.hidden = !visible;
    control.setAttribute("aria-expanded", String(visible));
  };
  const pick = (choice) => {
    picked = choice;
    control.value = choice.name;
    show(false);
  };
  const mark = (index) => {
    marked = index;
    [...list.children].forEach((each, at) => each.setAttribute("aria-selected", String(at === index)));
    control.setAttribute("aria-activedescendant", `${list.id}-${index}`);
  };
  const propose = async () => {
    const turn = ++asked;
    const options = { ...form.given(), [option.name]: { type: option.type, value: control.value } };
    const answer = await ask("act/autocomplete", { member: world.member, channel: world.channel.id, path: form.path, focused: option.name, options });
    if (turn !== asked || document.activeElement !== control) return;
    choices = answer.choices ?? [];
    list.replaceChildren(...choices.map((choice, index) => {
      const item = h("li", { role: "option", id: `${list.id}-${index}` }, choice.name);
      item.addEventListener("pointerdown", (event) => (event.preventDefault(), pick(choice)));
      return item;
    }));
    marked = -1;
    show(choices.length > 0);
  };
  control.addEventListener("input", () => {
    picked = null;
    clearTimeout(timer);
    timer = setTimeout(propose, 180);
  });
  control.addEventListener("focus", propose);
  control.addEventListener("blur", () => show(false));
  control.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark((marked + (event.key === "ArrowDown" ? 1 : choices.length - 1) + choices.length) % choices.length);
    } else if (event.key === "Enter" && marked >= 0) {
      event.preventDefault();
      pick(choices[marked]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      show(false);
    }
  });
  return {
    control,
    wrapped: h("div", {}, control, list),
    value: () => (picked ? { type: option.type, value: picked.value } : control.value ? { type: option.type, value: option.type === TEXT ? control.value : Number(control.value) } : null),
  };
}
