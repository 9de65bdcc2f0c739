// What the page says, in French or English.

let dictionary = {};
export let language = localStorage.getItem("language") ?? (navigator.language.startsWith("fr") ? "fr" : "en");

export async function loadTexts() {
  const wanted = new URLSearchParams(location.search).get("language");
  if (wanted === "fr" || wanted === "en") language = wanted;
  dictionary = await (await fetch("static/texts.json")).json();
}

export function setLanguage(chosen) {
  language = chosen;
  localStorage.setItem("language", chosen);
}

/** The text of a key, its `{names}` filled in. */
export function t(key, values = {}) {
  const texts = dictionary[language] ?? {};
  const form = "count" in values ? new Intl.PluralRules(language).select(values.count) : "other";
  const text = texts[`${key}.${form}`] ?? texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const knows = (key) => key in (dictionary[language] ?? {});

/** Put the current language into everything marked in the page. */
export function translatePage() {
  document.documentElement.lang = language;
  document.title = t("title");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", t(element.dataset.label));
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = t(element.dataset.placeholder);
  for (const button of document.querySelectorAll("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
}
