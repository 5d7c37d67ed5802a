// <upload-progress data-most data-sending data-checking data-large data-failed>: sends its form with a bar. The page says
// beforehand how large a file may be (MB); one that is larger is refused before it is sent. The server answers 204, or
// 422 with a sentence.

class UploadProgress extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.file = this.querySelector("input[type=file]");
    this.bar = this.querySelector("[data-bar]");
    this.error = this.querySelector("[data-error]");
    if (!this.form || !this.file || !this.bar) return;
    this.form.addEventListener("submit", (e) => this.send(e));
  }

  send(e) {
    const [file] = this.file.files;
    if (!file) return;
    e.preventDefault();
    if (this.request) return;
    const most = Number(this.dataset.most);
    if (file.size > most * 1048576) return this.end(this.dataset.large.replace("{limit}", most));
    const request = this.request = new XMLHttpRequest();
    request.open("POST", this.form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.onprogress = (p) => p.lengthComputable && this.tell(Math.floor((100 * p.loaded) / p.total));
    request.onload = () => request.status === 204 ? location.reload() : this.end(request.status === 422 ? request.responseText : this.dataset.failed);
    request.onerror = request.onabort = () => this.end(this.dataset.failed);
    this.error.hidden = true;
    this.bar.hidden = false;
    this.tell(0);
    request.send(new FormData(this.form));
  }

  tell(percent) {
    this.bar.querySelector("progress").value = percent;
    this.bar.querySelector("p").textContent = percent < 100 ? this.dataset.sending.replace("{percent}", percent) : this.dataset.checking;
  }

  end(sentence) {
    this.request = null;
    this.bar.hidden = true;
    this.error.textContent = sentence;
    this.error.hidden = false;
  }
}
customElements.define("upload-progress", UploadProgress);
