// Components of messages as elements: containers, texts, galleries, buttons.

import { h, icon } from "./dom.js";
import { render } from "./markdown.js";
import { t } from "./texts.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

const MAKE = {
  1: (each, context) => h("div", { class: "row" }, ...components(each.components, context)),
  2: button,
  3: select,
  9: (each, context) =>
    h("div", { class: "section" }, h("div", {}, ...components(each.components, context)), component(each.accessory, context)),
  10: (each, context) => render(each.content, context),
  11: (each) => media(each, "thumbnail"),
  12: (each) => h("div", { class: `gallery items-${Math.min(each.items.length, 4)}` }, ...each.items.map((item) => media(item))),
  13: (each, context) => file(context.files.find((known) => known.id === each.file.attachment_id) ?? each.file),
  14: (each) => h("hr", { class: `separator ${each.divider === false ? "invisible" : ""} ${each.spacing === 2 ? "wide" : ""}` }),
  17: container,
};

export const components = (list, context) => (list ?? []).map((each) => component(each, context));
const component = (each, context) => MAKE[each.type]?.(each, context) ?? null;

function container(each, context) {
  const element = h("div", { class: "container" }, ...components(each.components, context));
  if (each.accent_color !== null && each.accent_color !== undefined)
    element.style.setProperty("--edge", `#${each.accent_color.toString(16).padStart(6, "0")}`);
  return element;
}

function button(each, context) {
  const label = [each.emoji?.name ? `${each.emoji.name} ` : null, each.label ?? ""];
  if (each.style === 5)
    return h("a", { class: "button link", href: /^https?:/.test(each.url) ? each.url : null, target: "_blank", rel: "noopener noreferrer" }, ...label, " ↗");
  const element = h("button", { type: "button", class: `button ${STYLES[each.style] ?? "secondary"}`, disabled: each.disabled }, ...label);
  element.addEventListener("click", () => context.press(element, each.custom_id));
  return element;
}

function select(each, context) {
  const options = (each.options ?? []).map((option) => h("option", { value: option.value, selected: option.default }, option.label));
  const prompt = each.placeholder ?? t("choose");
  const element = h("select", { class: "menu-select", "aria-label": prompt, disabled: each.disabled }, h("option", { value: "" }, prompt), ...options);
  element.addEventListener("change", () => element.value && context.press(element, each.custom_id, [element.value]));
  return element;
}

const address = (shown) => (shown.attachment_id ? `files/${shown.attachment_id}` : /^https?:/.test(shown.url) ? shown.url : null);

/** A picture or a video; its description is read by those who do not see it. */
function media(item, kind = "item") {
  const words = item.description ?? "";
  const url = address(item.media);
  const inside = (item.media.content_type ?? "").startsWith("video/")
    ? h("video", { src: url, controls: true, preload: "metadata", playsinline: true, "aria-label": words || null })
    : h("img", { src: url, alt: words, loading: "lazy" });
  return h("figure", { class: `media ${kind}`, title: words || null }, item.spoiler ? covered(inside) : inside);
}

function covered(inside) {
  const cover = h("button", { type: "button", class: "cover" }, t("spoiler"));
  cover.addEventListener("click", () => { cover.replaceWith(inside); inside.focus?.(); });
  return cover;
}

export function file(each) {
  if (/^(image|video)\//.test(each.content_type ?? "")) return media({ media: { ...each, attachment_id: each.id }, description: each.description });
  const size = each.size > 1e6 ? `${(each.size / 1e6).toFixed(1)} MB` : `${Math.ceil((each.size ?? 0) / 1000)} kB`;
  return h("a", { class: "file", href: address({ ...each, attachment_id: each.id }), download: each.filename, "aria-label": t("file", { name: each.filename }) },
    icon("file"), h("span", {}, each.filename), h("small", {}, size));
}

export function embed(each, context) {
  const body = h("div", { class: "embed" });
  if (each.color !== undefined && each.color !== null) body.style.setProperty("--edge", `#${each.color.toString(16).padStart(6, "0")}`);
  if (each.author?.name) body.append(h("p", { class: "subtext" }, each.author.name));
  if (each.title) body.append(h("h4", {}, each.title));
  if (each.description) body.append(render(each.description, context));
  if (each.fields?.length)
    body.append(h("dl", {}, ...each.fields.map((field) => h("div", { class: field.inline ? "inline" : "" }, h("dt", {}, field.name), h("dd", {}, render(field.value, context))))));
  if (each.image) body.append(media({ media: each.image }));
  if (each.footer?.text) body.append(h("p", { class: "subtext" }, each.footer.text));
  return body;
}
