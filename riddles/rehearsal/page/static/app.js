// The page as a whole: who acts, where, and what just happened.

import { h, icon, one, paintFace } from "./dom.js";
import { loadTexts, setLanguage, t, translatePage } from "./texts.js";
import { setFace, setReader, setZone } from "./clock.js";
import { ask, listen, look } from "./server.js";
import * as composer from "./composer.js";
import * as dialog from "./dialog.js";
import * as messages from "./messages.js";
import * as places from "./places.js";
import * as topbar from "./topbar.js";

const actor = one("actor");
const notice = one("notice");
const unread = new Map();
let stop = () => {};
let noticeTimer = 0;

// What the other parts of the page know of the rehearsal, and what they can ask for.
const world = {
  scene: null,
  member: new URLSearchParams(location.search).get("member") ?? sessionStorage.getItem("member") ?? "",
  channel: null,
  roles: {},
  channelNames: {},
  labels: {},
  channels: () => [...world.scene.servers.flatMap((server) => server.channels), ...world.scene.conversations],
  channelById: (id) => world.channels().find((each) => each.id === id),
  threads: (parent) => world.channels().filter((each) => each.parent === parent).reverse(),
  people: () => [...new Map(world.scene.servers.flatMap((server) => server.members).map((each) => [each.id, each])).values()],
  open: (id) => open(id),
  answered,
  press,
};

async function loadScene() {
  world.scene = await look("scene", { member: world.member });
  world.member = world.scene.member;
  sessionStorage.setItem("member", world.member);
  world.roles = Object.assign({}, ...world.scene.servers.map((server) => server.roles));
  world.channelNames = Object.fromEntries(world.channels().map((each) => [each.id, each.name]));
  world.channel = world.channelById(world.channel?.id) ?? world.channels()[0] ?? null;
  setZone(world.scene.timezone);
  setReader(world.people().find((each) => each.id === world.member)?.locale ?? "en-GB");
  setFace(world.scene.clock);
}

async function loadChannel() {
  const query = { member: world.member, channel: world.channel?.id ?? "0" };
  const [list, offered] = world.channel ? await Promise.all([look("messages", query), look("commands", query)]) : [[], []];
  offer(offered);
  messages.showAll(list, world);
}

function offer(commands) {
  world.labels = Object.fromEntries(commands.map((each) => [each.path, each.label]));
  composer.offer(commands);
}

async function open(id) {
  world.channel = world.channelById(id) ?? world.channel;
  unread.delete(world.channel?.id);
  draw();
  await loadChannel();
}

async function actAs(member) {
  world.member = member;
  unread.clear();
  stop();
  await loadScene();
  stop = listen(world.member, heard);
  draw();
  await loadChannel();
}

function draw() {
  drawActors();
  places.draw(world, unread);
  topbar.draw();
  const place = one("place");
  if (!world.channel) return place.replaceChildren(t("nowhere"));
  const server = world.scene.servers.find((each) => each.channels.includes(world.channel));
  place.replaceChildren(icon(world.channel.type), h("h1", {}, world.channel.type === "direct" ? world.scene.bot.name : world.channel.name),
    h("span", { class: "subtext" }, [server?.name, t(world.channel.private ? "private.channel" : `kind.${world.channel.type}`)].filter(Boolean).join(" · ")));
}

function drawActors() {
  const people = world.people();
  const option = (each) => h("option", { value: each.id, selected: each.id === world.member }, `${each.name} · ${each.locale}${each.roles.length ? ` · ${each.roles.join(", ")}` : ""}`);
  const group = (label, list) => (list.length ? h("optgroup", { label: t(label) }, ...list.map(option)) : null);
  actor.replaceChildren(...[group("act.members", people.filter((each) => !each.host)), group("act.hosts", people.filter((each) => each.host))].filter(Boolean));
  const me = people.find((each) => each.id === world.member);
  if (me) paintFace(one("actor-face"), me.id, me.name);
}

async function heard(kind, event) {
  if (kind === "clock") {
    setFace(event);
    topbar.draw();
  } else if (kind === "message" || kind === "edit") {
    if (event.channel === world.channel?.id) messages.put(event.message, world);
    else if (kind === "message") {
      unread.set(event.channel, (unread.get(event.channel) ?? 0) + 1);
      const channel = world.channelById(event.channel);
      if (channel) channel.count += 1;
      // A conversation's first message also brings the conversation.
      if (!channel) await loadScene();
      places.draw(world, unread);
      messages.draw(world);
    }
  } else if (kind === "delete") messages.remove(event.id, world);
  else if (kind === "lost") say(t("lost"), true);
  else if (kind === "open") hush();
  else if (kind === "scene" || kind === "reload") {
    await loadScene();
    draw();
    if (kind === "reload") await loadChannel();
    else {
      offer(await look("commands", { member: world.member, channel: world.channel?.id ?? "0" }));
      messages.draw(world);
    }
  }
}

async function press(message, element, customId, values = []) {
  element.setAttribute("aria-busy", "true");
  const answer = await ask("act/press", { member: world.member, channel: message.channel_id, message: message.id, custom_id: customId, values });
  element.removeAttribute("aria-busy");
  answered(answer);
}

/** Show what came of something the person did; messages come by themselves. */
function answered(answer) {
  if (answer.kind === "modal") dialog.open(answer, world);
  else if (answer.kind === "lost") say(t("lost"));
  else if (answer.kind === "refused") say(/^the application did not respond/.test(answer.why) ? t("refused.silent") : t("refused", { why: answer.why }));
}

function say(text, stay = false) {
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  if (!stay) noticeTimer = setTimeout(hush, 8000);
}

function hush() {
  notice.hidden = true;
}

async function main() {
  await loadTexts();
  translatePage();
  for (const button of document.querySelectorAll("[data-language]"))
    button.addEventListener("click", () => {
      setLanguage(button.dataset.language);
      translatePage();
      draw();
      messages.draw(world);
    });
  actor.addEventListener("change", () => actAs(actor.value));
  notice.addEventListener("click", hush);
  composer.start(world);
  topbar.start(world);
  await actAs(world.member);
}

main();
