// Sends a form in the background. The header tells the server to answer with the fragment only, or with 204.

const HEADERS = { "HX-Request": "true" };

// Returns the response; throws TypeError without a connection. A redirect is not followed: it comes back as
// type "opaqueredirect", which for the background always means "not done" (signed out, most likely).
export function postForm(form, { body = new FormData(form), keepalive = false, signal, url = form.action } = {}) {
  return fetch(url, { method: "POST", body, headers: HEADERS, redirect: "manual", credentials: "same-origin", keepalive, signal }).then(told);
}

// An author may publish a lesson while somebody is in it: the answer says so, and <lesson-changed> tells the person.
function told(answer) {
  const what = answer.headers.get("X-Lesson");
  if (what) document.dispatchEvent(new CustomEvent("lessonchanged", { detail: what }));
  return answer;
}

// Returns the present time as 14:02.
export function clock() {
  return new Date().toLocaleTimeString(document.documentElement.lang || "nl", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

// Returns a random UUID, also on an origin without https, where randomUUID is not offered.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
