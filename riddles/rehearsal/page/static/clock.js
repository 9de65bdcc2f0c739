// The rehearsal's time, kept ticking between the server's words.

import { language } from "./texts.js";

let face = { now: Date.now(), next: null };
let heardAt = performance.now();
let zone;
let reader = "en-GB";

export function setFace(heard) {
  face = heard;
  heardAt = performance.now();
}

export function setZone(name) {
  zone = name ?? undefined;
}

/** Whoever acts: what Discord itself puts into words, it says in its member's language. */
export function setReader(locale) {
  reader = locale;
}

export const now = () => face.now + (performance.now() - heardAt);
export const following = () => face.next;

const formats = new Map();

function format(options, locale = language === "fr" ? "fr-FR" : "en-GB") {
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return formats.get(key);
}

export const timeOfDay = (at, seconds = false) =>
  format({ hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }) }).format(at);
export const shortDate = (at) => format({ weekday: "short", day: "numeric", month: "short" }).format(at);
export const longDate = (at) => format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(at);
export const sameDay = (a, b) => longDate(a) === longDate(b);

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/** A moment as Discord's `<t:…:style>` shows it, seen from the rehearsal's present. */
export const stamp = (at, style) => (style === "R" ? relative(at) : format(STYLES[style] ?? STYLES.f, reader).format(at));
export const stampTitle = (at) => format(STYLES.F, reader).format(at);

const UNITS = [["year", 31536e6], ["month", 2592e6], ["day", 864e5], ["hour", 36e5], ["minute", 6e4], ["second", 1e3]];

export function relative(at) {
  const left = at - now();
  const words = new Intl.RelativeTimeFormat(reader, { numeric: "always" });
  const [unit, size] = UNITS.find(([, each]) => Math.abs(left) >= each) ?? UNITS.at(-1);
  return words.format(Math.round(left / size), unit);
}

/** What is left until a moment, in its two largest units. */
export function countdown(at) {
  const left = Math.max(0, Math.round((at - now()) / 1000));
  const parts = [[Math.floor(left / 86400), language === "fr" ? "j" : "d"], [Math.floor(left / 3600) % 24, "h"], [Math.floor(left / 60) % 60, "min"], [left % 60, "s"]];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(" ");
}
