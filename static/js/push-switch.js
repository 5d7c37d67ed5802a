// <push-switch data-key data-url data-label data-refused data-failed>: lets this browser be told. The form's token stands in it.

class PushSwitch extends HTMLElement {
  connectedCallback() {
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) return this.say(this.dataset.failed);
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "btn";
    this.button.textContent = this.dataset.label;
    this.button.addEventListener("click", () => this.switchOn());
    this.append(this.button);
  }

  async switchOn() {
    this.button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return this.say(this.dataset.refused);
      const worker = await navigator.serviceWorker.register("/push.js", { scope: "/" });
      await navigator.serviceWorker.ready;
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(this.dataset.key) });
      if (!(await this.send(made))) return this.say(this.dataset.failed);
      location.reload();
    } catch {
      this.say(this.dataset.failed);
    } finally {
      this.button.disabled = false;
    }
  }

  async send(made) {
    const body = new FormData();
    for (const field of this.querySelectorAll("input")) body.set(field.name, field.value);
    body.set("endpoint", made.endpoint);
    body.set("public_key", text(made.getKey("p256dh")));
    body.set("secret", text(made.getKey("auth")));
    const answer = await fetch(this.dataset.url, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
    return answer.ok;
  }

  say(words) {
    const line = this.querySelector("[role=status]") ?? this.appendChild(document.createElement("p"));
    line.setAttribute("role", "status");
    line.className = "hint";
    line.textContent = words;
  }
}

const bytes = (coded) => Uint8Array.from(atob(coded.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

customElements.define("push-switch", PushSwitch);
