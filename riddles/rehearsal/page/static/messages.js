// The log of a channel: messages as the acting member sees them.

import { face, h, icon, one } from "./dom.js";
import { components, embed, file } from "./components.js";
import { longDate, sameDay, timeOfDay } from "./clock.js";
import { render } from "./markdown.js";
import { t } from "./texts.js";

const LOADING = 128;
const CROSSPOSTED = 1;
const TOGETHER = 7 * 60 * 1000;

const log = one("log");
const latest = one("latest");
let shown = new Map();
let dismissed = new Set();
let follow = true;
let height = 0;

log.addEventListener("scroll", () => {
  // What grows under one's eyes, a video that gets its size, is not scrolled away from: only a step up is.
  follow = log.scrollHeight - log.scrollTop - log.clientHeight < 60 || (follow && log.scrollTop >= height);
  height = log.scrollTop;
  if (follow) latest.hidden = true;
});
latest.addEventListener("click", toEnd);
// Videos and pictures grow after they were put in place: whoever reads at the end stays there.
new ResizeObserver(() => follow && toEnd()).observe(log);
log.addEventListener("loadedmetadata", () => follow && toEnd(), true);
log.addEventListener("load", () => follow && toEnd(), true);

function toEnd() {
  log.scrollTop = log.scrollHeight;
  latest.hidden = true;
}

/** Show a channel's messages from scratch. */
export function showAll(messages, world) {
  shown = new Map(messages.map((message) => [message.id, message]));
  follow = true;
  draw(world);
}

/** Put in a new message, or the new state of one; returns whether it is new. */
export function put(message, world) {
  const isNew = !shown.has(message.id);
  shown.set(message.id, message);
  // What answers the person at the keyboard is seen, wherever they were reading.
  if (isNew && message.private) follow = true;
  const old = log.querySelector(`[data-id="${message.id}"]`);
  if (!isNew && old) old.replaceWith(article(message, world, old.classList.contains("again")));
  else draw(world);
  if (isNew && !follow) latest.hidden = false;
  return isNew;
}

export function remove(id, world) {
  if (shown.delete(id)) draw(world);
}

export function draw(world) {
  const messages = [...shown.values()].filter((message) => !dismissed.has(message.id)).sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  const children = [];
  let before = null;
  for (const message of messages) {
    const newDay = !before || !sameDay(before.at, message.at);
    if (newDay) children.push(h("div", { class: "day", role: "separator" }, h("span", {}, longDate(message.at))));
    const again = !newDay && message.at - before.at < TOGETHER && !message.interaction && !message.private && !before.private;
    const old = log.querySelector(`[data-id="${message.id}"]`);
    // What is already there stays as it is: a playing video must not start over.
    const reusable = old && old.message === message && old.classList.contains("again") === again && old.lang === document.documentElement.lang;
    children.push(reusable ? old : article(message, world, again));
    before = message;
  }
  settle(children.length ? children : [empty(world)]);
  for (const message of messages) if (message.thread) countThread(message, world);
  if (follow) toEnd();
}

/** Make these the log's children without moving those already in place: a moved video stops. */
function settle(children) {
  const wanted = new Set(children);
  for (const each of [...log.children]) if (!wanted.has(each)) each.remove();
  children.forEach((each, index) => {
    if (log.children[index] !== each) log.insertBefore(each, log.children[index] ?? null);
  });
}

const empty = (world) =>
  world.channel?.type === "forum" ? posts(world) : h("div", { class: "empty" }, h("img", { src: "static/mark.svg", alt: "", width: 56, height: 56 }), h("p", {}, t("empty")), h("p", { class: "subtext" }, t("empty.more")));

function posts(world) {
  const threads = world.threads(world.channel.id);
  if (!threads.length) return h("div", { class: "empty" }, h("p", {}, t("forum.empty")));
  return h("ul", { class: "posts" }, ...threads.map((each) => h("li", {}, h("button", { type: "button", class: "post", on: { click: () => world.open(each.id) } },
    h("strong", {}, each.name), h("small", {}, t("thread.count", { count: each.count })), each.locked ? icon("lock") : null))));
}

function article(message, world, again) {
  const context = {
    names: message.names,
    roles: world.roles,
    channels: world.channelNames,
    files: message.files,
    press: (element, customId, values) => world.press(message, element, customId, values),
  };
  const classes = ["message", again ? "again" : "", message.private ? "private" : "", message.pinged ? "pinged" : ""];
  const element = h("article", { class: classes.join(" ").trim(), data: { id: message.id }, lang: document.documentElement.lang });
  element.message = message;
  if (message.interaction) element.append(h("p", { class: "used" }, icon("reply"), h("span", {}, t("used", { who: message.interaction.user.global_name ?? message.interaction.user.username })), " ", h("span", { class: "mention slash" }, `/${world.labels[message.interaction.name] ?? message.interaction.name}`)));
  const time = h("time", { class: "when", datetime: new Date(message.at).toISOString() }, timeOfDay(message.at));
  if (again) element.append(time);
  else element.append(h("img", { class: "face bot", src: "static/mark.svg", alt: "", width: 40, height: 40 }), h("header", {}, h("strong", {}, message.author.username), h("span", { class: "tag" }, t("app")), time));
  element.append(h("div", { class: "body" }, ...body(message, world, context)));
  return element;
}

function body(message, world, context) {
  if (message.flags & LOADING) return [h("p", { class: "thinking" }, t("thinking", { bot: message.author.username }), h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"))), only(message, world)];
  return [
    message.content ? render(message.content, context) : null,
    ...message.embeds.map((each) => embed(each, context)),
    ...message.files.filter((each) => message.attachments.some((loose) => loose.id === each.id)).map(file),
    ...components(message.components, context),
    message.edited_timestamp ? h("small", { class: "edited" }, t("edited")) : null,
    message.flags & CROSSPOSTED ? h("p", { class: "subtext aside" }, icon("news"), t("published")) : null,
    thread(message, world),
    only(message, world),
  ];
}

function thread(message, world) {
  if (!message.thread) return null;
  const { id, name } = message.thread;
  return h("button", { type: "button", class: "thread-link", "aria-label": t("thread.open", { name }), on: { click: () => world.open(id) } },
    icon("thread"), h("strong", {}, name), h("small", {}, t("thread.count", { count: world.channelById(id)?.count ?? 0 })));
}

function countThread(message, world) {
  const count = world.channelById(message.thread.id)?.count ?? 0;
  const shownCount = log.querySelector(`[data-id="${message.id}"] .thread-link small`);
  if (shownCount) shownCount.textContent = t("thread.count", { count });
}

function only(message, world) {
  if (!message.private) return null;
  const dismiss = h("button", { type: "button", class: "plain" }, t("dismiss"));
  dismiss.addEventListener("click", () => {
    dismissed.add(message.id);
    draw(world);
    log.focus({ preventScroll: true });
  });
  return h("p", { class: "only" }, icon("eye"), t("only.you"), " · ", dismiss);
}
