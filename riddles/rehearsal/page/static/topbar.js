// The rehearsal's clock, what comes next, and the buttons that move time.

import { one } from "./dom.js";
import { ask } from "./server.js";
import { countdown, following, now, setFace, shortDate, timeOfDay } from "./clock.js";
import { refreshStamps } from "./markdown.js";
import { knows, t } from "./texts.js";

const buttons = { next: one("jump-next"), hour: one("jump-hour"), day: one("jump-day") };
let busy = false;

export function start(world) {
  for (const [to, button] of Object.entries(buttons)) button.addEventListener("click", () => jump(to, world));
  setInterval(draw, 1000);
}

async function jump(to, world) {
  if (busy) return;
  busy = true;
  draw();
  const face = await ask("jump", { to });
  busy = false;
  if (face.now) setFace(face);
  else world.answered(face);
  draw();
  buttons[to].focus();
}

const named = (label) => (knows(`moment.${label}`) ? t(`moment.${label}`) : label);

export function draw() {
  const at = now();
  const next = following();
  one("time").textContent = timeOfDay(at, true);
  one("date").textContent = shortDate(at);
  one("next-label").textContent = next ? t("next.text", { label: named(next.label) }) : t("next.none");
  one("next-in").textContent = busy ? t("jump.busy") : !next ? "" : next.at <= at ? t("next.now") : countdown(next.at);
  const share = next ? Math.min(1, Math.max(0, (at - next.since) / Math.max(1, next.at - next.since))) : 0;
  one("track").style.setProperty("--share", share);
  document.body.classList.toggle("busy", busy);
  for (const button of Object.values(buttons)) button.setAttribute("aria-disabled", String(busy));
  buttons.next.disabled = !next;
  buttons.next.setAttribute("aria-label", next ? t("jump.next.label", { label: named(next.label) }) : t("jump.next"));
  refreshStamps();
}
