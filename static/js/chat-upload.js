// Sends a form with files and tells how far it is. Answers as `fetch` does, as far as the chat asks: ok, status, type, json().

const CANCELLED = 499;

export function upload(form, body) {
  return new Promise((answer) => {
    const request = new XMLHttpRequest();
    const cancel = () => request.abort();
    const end = (status) => {
      form.removeEventListener("chatcancel", cancel);
      form.dispatchEvent(new CustomEvent("chatprogress", { detail: null }));
      answer(status && { ok: status >= 200 && status < 300, status, type: "basic", json: async () => JSON.parse(request.responseText || "{}") });
    };
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (e) => form.dispatchEvent(new CustomEvent("chatprogress", { detail: { loaded: e.loaded, total: e.total } })));
    request.addEventListener("load", () => end(request.status));
    request.addEventListener("error", () => end(null));
    request.addEventListener("abort", () => end(CANCELLED));
    form.addEventListener("chatcancel", cancel);
    request.send(body);
  });
}
