// The servers and their channels, those the acting member sees.

import { h, icon, one } from "./dom.js";
import { t } from "./texts.js";

const places = one("places");
const veil = one("veil");
const menu = one("menu");

menu.addEventListener("click", () => drawer(menu.getAttribute("aria-expanded") !== "true"));
veil.addEventListener("click", () => drawer(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !document.body.classList.contains("drawer")) return;
  drawer(false);
  menu.focus();
});

/** Slide the list in or out where there is no room beside the messages. */
export function drawer(open) {
  menu.setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("drawer", open);
  veil.hidden = !open;
  if (open) places.querySelector("[aria-current], button")?.focus();
}

export function draw(world, unread) {
  const groups = world.scene.servers.filter((server) => server.channels.length).map((server) => group(server.name, server.channels, world, unread));
  if (world.scene.conversations.length) groups.push(group(t("direct"), world.scene.conversations, world, unread));
  places.replaceChildren(...(groups.length ? groups : [h("p", { class: "nowhere" }, t("nowhere"))]));
}

function group(name, channels, world, unread) {
  const top = channels.filter((each) => !each.parent);
  const under = (parent) => channels.filter((each) => each.parent === parent.id && (!each.archived || each.id === world.channel?.id)).slice(-8);
  const items = top.flatMap((each) => [entry(each, world, unread), ...under(each).map((thread) => entry(thread, world, unread))]);
  return h("section", {}, h("h2", {}, name), h("ul", {}, ...items));
}

function entry(each, world, unread) {
  const count = unread.get(each.id) ?? 0;
  const button = h("button", { type: "button", class: "channel", "aria-current": each.id === world.channel?.id ? "page" : null },
    icon(each.type), h("span", { class: "name" }, each.type === "direct" ? world.scene.bot.name : each.name),
    each.private ? h("span", { class: "lock", title: t("private.channel") }, icon("lock")) : null,
    count ? h("span", { class: "count", "aria-label": t("unread", { count }) }, count > 99 ? "99+" : String(count)) : null);
  button.addEventListener("click", () => {
    drawer(false);
    world.open(each.id);
  });
  return h("li", { class: each.parent ? "under" : null }, button);
}
