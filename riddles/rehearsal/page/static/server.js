// Talking to the rehearsal.

export const look = async (path, query) => (await fetch(`${path}?${new URLSearchParams(query)}`)).json();

/** Do something; the answer is what came of it, also where it was refused. */
export async function ask(path, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    return response.ok ? await response.json() : { kind: "refused", why: await response.text() };
  } catch {
    return { kind: "lost" };
  }
}

/** Hear of changes for a member until the returned function is called. */
export function listen(member, heard) {
  const source = new EventSource(`events?member=${member}`);
  let opened = false;
  source.addEventListener("open", () => {
    if (opened) heard("reload", {});
    opened = true;
    heard("open", {});
  });
  source.addEventListener("error", () => heard("lost", {}));
  for (const kind of ["clock", "message", "edit", "delete", "scene", "reload"])
    source.addEventListener(kind, (event) => heard(kind, JSON.parse(event.data)));
  return () => source.close();
}
