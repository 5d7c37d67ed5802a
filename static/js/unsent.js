// Values that the server has not yet acknowledged, kept in this browser per person and form, for a week at most.

const PREFIX = "kweek:unsent:", WEEK_MS = 7 * 24 * 3600 * 1000;

function store() {
  try { return globalThis.localStorage; } catch { return null; }
}

export function keyOf(owner, action) { return `${PREFIX}${owner}:${new URL(action, location.href).pathname}`; }

// Returns {id, fields, at, own} or null; `own`: see auto-save.
export function recall(key) {
  const text = store()?.getItem(key);
  if (!text) return null;
  const kept = JSON.parse(text);
  if (Date.now() - kept.at < WEEK_MS) return kept;
  forget(key, kept.id);
  return null;
}

export function keep(key, id, fields, own = []) {
  try { store()?.setItem(key, JSON.stringify({ id, fields, own, at: Date.now() })); } catch { /* full or forbidden: sending still works */ }
}

// Forgets the value only if nothing newer took its place.
export function forget(key, id) {
  const text = store()?.getItem(key);
  if (text && JSON.parse(text).id === id) store().removeItem(key);
}

// Returns the keys of an owner's values whose address begins with `path`.
export function keysOf(owner, path) {
  const start = `${PREFIX}${owner}:${path}`, kept = store();
  return kept ? Array.from({ length: kept.length }, (_, place) => kept.key(place)).filter((key) => key.startsWith(start)) : [];
}
