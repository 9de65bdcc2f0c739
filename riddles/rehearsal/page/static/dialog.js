// Modals the bot opens, as real dialogs.

import { h, one } from "./dom.js";
import { ask } from "./server.js";
import { t } from "./texts.js";

const dialog = one("modal");
const LONG = 2;

/** Open a modal; `answered` hears what came of it. */
export function open(reply, world) {
  const inputs = fields(reply.modal.components).map(field);
  const send = h("button", { type: "submit", class: "accent" }, t("send"));
  const form = h("form", { method: "dialog" },
    h("header", {}, h("h2", { id: "modal-title" }, reply.modal.title), h("button", { type: "button", class: "ghost", "aria-label": t("close"), on: { click: () => dialog.close() } }, "×")),
    ...inputs.map((each) => each.element),
    h("footer", {}, h("button", { type: "button", class: "plain", on: { click: () => dialog.close() } }, t("cancel")), send));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    const values = Object.fromEntries(inputs.map((each) => [each.name, each.control.value]));
    const answer = await ask("act/submit", { member: world.member, modal: reply.id, fields: values });
    dialog.close();
    world.answered(answer);
  });
  dialog.replaceChildren(form);
  dialog.showModal();
  inputs[0]?.control.focus();
}

dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

const fields = (list) => list.flatMap((each) => (each.type === 18 ? [{ ...each.component, label: each.label, about: each.description }] : each.components ?? []));

function field(each, index) {
  const id = `modal-field-${index}`;
  const shared = { id, maxlength: each.max_length ?? 4000, minlength: each.min_length, required: each.required !== false, placeholder: each.placeholder };
  const control = each.style === LONG ? h("textarea", { ...shared, rows: "5" }) : h("input", { ...shared, type: "text", autocomplete: "off" });
  control.value = each.value ?? "";
  const must = each.required !== false;
  const label = h("label", { for: id }, each.label, h("span", { class: must ? "must" : "may" }, t(must ? "required" : "optional")));
  return { name: each.custom_id, control, element: h("div", { class: "field" }, label, control, each.about ? h("small", {}, each.about) : null) };
}
