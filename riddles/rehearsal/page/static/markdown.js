// The part of Discord's markdown that messages use, turned into elements.

import { h } from "./dom.js";
import { stamp, stampTitle } from "./clock.js";
import { t } from "./texts.js";

const link = (url, inside) => h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inside);
const mention = (text, kind = "") => h("span", { class: `mention ${kind}` }, text);

function spoiler(inside) {
  const cover = h("button", { type: "button", class: "spoiler", "aria-label": t("spoiler") });
  cover.append(h("span", { "aria-hidden": "true" }, ...inside));
  cover.addEventListener("click", () => {
    const shown = h("span", { class: "spoiler shown", tabindex: "-1" }, ...cover.firstChild.childNodes);
    cover.replaceWith(shown);
    shown.focus();
  });
  return cover;
}

function moment(unix, style) {
  const at = Number(unix) * 1000;
  const element = h("time", { class: "stamp", title: stampTitle(at), data: { at, style: style ?? "f" } });
  element.textContent = stamp(at, style ?? "f");
  return element;
}

// Each rule is tried where the text stands; the first that fits wins.
const RULES = [
  [/^\\([^\w\s])/, (m) => m[1]],
  [/^`([^`\n]+)`/, (m) => h("code", {}, m[1])],
  [/^\|\|([\s\S]+?)\|\|/, (m, context) => spoiler(inline(m[1], context))],
  [/^\*\*\*([\s\S]+?)\*\*\*/, (m, context) => h("strong", {}, h("em", {}, ...inline(m[1], context)))],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (m, context) => h("strong", {}, ...inline(m[1], context))],
  [/^__([\s\S]+?)__(?!_)/, (m, context) => h("u", {}, ...inline(m[1], context))],
  [/^~~([\s\S]+?)~~/, (m, context) => h("s", {}, ...inline(m[1], context))],
  [/^\*(?![\s*])([^*\n]*[^*\s])\*(?!\*)/, (m, context) => h("em", {}, ...inline(m[1], context))],
  [/^_(?![\s_])([^_\n]*[^_\s])_(?!\w)/, (m, context, before) => (/\w$/.test(before) ? null : h("em", {}, ...inline(m[1], context)))],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m, context) => link(m[2], inline(m[1], context))],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (m) => moment(m[1], m[2])],
  [/^<@!?(\d+)>/, (m, context) => mention(`@${context.names[m[1]] ?? m[1]}`)],
  [/^<@&(\d+)>/, (m, context) => mention(`@${context.roles[m[1]] ?? m[1]}`)],
  [/^<#(\d+)>/, (m, context) => mention(`#${context.channels[m[1]] ?? m[1]}`)],
  [/^<\/([^:>\n]+):\d+>/, (m) => mention(`/${m[1]}`, "slash")],
  [/^@(everyone|here)\b/, (m) => mention(m[0])],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], m[1])],
  [/^https?:\/\/[^\s<]*[^\s<.,;:!?"')\]]/, (m) => link(m[0], m[0])],
];

function inline(text, context) {
  const nodes = [];
  let plain = "";
  let rest = text;
  while (rest) {
    let made = null;
    let length = 0;
    for (const [pattern, make] of RULES) {
      const found = pattern.exec(rest);
      if (!found) continue;
      made = make(found, context, plain);
      length = found[0].length;
      if (made !== null) break;
    }
    if (made === null) {
      const letter = String.fromCodePoint(rest.codePointAt(0));
      plain += letter;
      rest = rest.slice(letter.length);
    } else {
      if (plain) nodes.push(plain);
      plain = "";
      nodes.push(made);
      rest = rest.slice(length);
    }
  }
  if (plain) nodes.push(plain);
  return nodes;
}

// Discord's headings are small type, not the outline of a page: levels 3 to 5 keep screen readers oriented.
const BLOCKS = [
  [/^(#{1,3}) +(.+)$/, (m, context) => h(`h${m[1].length + 2}`, {}, ...inline(m[2], context))],
  [/^-# +(.+)$/, (m, context) => h("p", { class: "subtext" }, ...inline(m[1], context))],
];

function list(lines, ordered, context) {
  const items = lines.map((line) => h("li", {}, ...inline(line.replace(/^\s*(?:[-*]|\d+\.) +/, ""), context)));
  return h(ordered ? "ol" : "ul", { start: ordered ? parseInt(lines[0], 10) : null }, ...items);
}

/** A text as elements; `context` gives names for mentioned people, roles and channels. */
export function render(text, context) {
  const root = h("div", { class: "text" });
  const lines = text.split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) root.append(h("p", {}, ...inline(paragraph.join("\n"), context)));
    paragraph = [];
  };
  const take = (pattern) => {
    const taken = [];
    while (lines.length && pattern.test(lines[0])) taken.push(lines.shift());
    return taken;
  };
  while (lines.length) {
    const line = lines[0];
    const block = BLOCKS.find(([pattern]) => pattern.test(line));
    const hidden = /^\|\|((?:(?!\|\|)[\s\S])+)\|\|[ \t]*(?:\n|$)/.exec(lines.join("\n"));
    if (hidden?.[1].includes("\n")) {
      // A spoiler over several paragraphs covers them as one.
      flush();
      lines.splice(0, hidden[0].trimEnd().split("\n").length);
      root.append(spoiler([render(hidden[1], context)]));
    } else if (/^```/.test(line) && lines.slice(1).some((each) => /```\s*$/.test(each))) {
      flush();
      lines.shift();
      const code = [];
      while (!/```\s*$/.test(lines[0])) code.push(lines.shift());
      code.push(lines.shift().replace(/```\s*$/, ""));
      root.append(h("pre", { tabindex: "0" }, h("code", {}, code.join("\n").replace(/\n$/, ""))));
    } else if (block) {
      flush();
      root.append(block[1](block[0].exec(lines.shift()), context));
    } else if (/^> /.test(line)) {
      flush();
      root.append(h("blockquote", {}, ...inline(take(/^> /).map((each) => each.slice(2)).join("\n"), context)));
    } else if (/^\s*[-*] +\S/.test(line)) {
      flush();
      root.append(list(take(/^\s*[-*] +\S/), false, context));
    } else if (/^\d+\. +\S/.test(line)) {
      flush();
      root.append(list(take(/^\d+\. +\S/), true, context));
    } else if (!line.trim()) {
      flush();
      lines.shift();
    } else paragraph.push(lines.shift());
  }
  flush();
  return root;
}

/** Bring “in two hours” and the like up to date. */
export function refreshStamps() {
  for (const element of document.querySelectorAll("time.stamp[data-style='R']"))
    element.textContent = stamp(Number(element.dataset.at), "R");
}
