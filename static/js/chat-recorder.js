// Records a voice note for <chat-files>: a timer while it runs, then it stands among the chosen files, to hear or to take out.

const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const SUFFIX = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };
const LONGEST_MS = 15 * 60 * 1000, SHORTEST_MS = 800, BITS_PER_S = 32000;

export class Recorder {
  constructor(element, done) {
    Object.assign(this, { element, done, button: element.find("record"), box: element.find("recorder") });
    this.type = window.MediaRecorder && navigator.mediaDevices ? TYPES.find((type) => MediaRecorder.isTypeSupported(type)) : null;
    this.button.hidden = !this.type;
    this.button.addEventListener("click", () => this.start());
    element.find("stop").addEventListener("click", () => this.stop());
    element.find("discard").addEventListener("click", () => { this.drop(); this.button.focus(); });
  }

  get runs() { return this.recording?.state === "recording"; }

  // Whoever sends while it records hears it first: the recording ends and waits among the files.
  holdBack(e) {
    if (!this.runs) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    this.stop();
  }

  async start() {
    if (this.runs || this.isAsking) return;
    this.isAsking = true;
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
    this.isAsking = false;
    if (!stream) { this.element.say(this.element.dataset.noMicrophone); return; }
    if (!this.element.isConnected) { end(stream); return; }
    this.element.say("");
    this.parts = [];
    this.recording = new MediaRecorder(stream, { mimeType: this.type, audioBitsPerSecond: BITS_PER_S });
    this.recording.addEventListener("dataavailable", (e) => this.parts.push(e.data));
    this.recording.addEventListener("stop", () => this.finish(stream));
    this.recording.start(1000);
    this.began = performance.now();
    this.isKept = true;
    this.show(true);
    this.element.find("stop").focus();
    this.timer = setInterval(() => this.tick(), 250);
    this.tick();
  }

  tick() {
    const seconds = Math.floor((performance.now() - this.began) / 1000);
    this.element.find("time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds * 1000 >= LONGEST_MS) this.stop();
  }

  stop() { if (this.runs) this.recording.stop(); }

  drop() {
    this.isKept = false;
    this.stop();
  }

  finish(stream) {
    clearInterval(this.timer);
    end(stream);
    this.show(false);
    if (!this.isKept) return;
    if (performance.now() - this.began < SHORTEST_MS) { this.element.say(this.element.dataset.tooShort); return; }
    const kind = this.type.split(";")[0];
    this.done(new File(this.parts, `voice-note.${SUFFIX[kind]}`, { type: kind }));
  }

  show(isRecording) {
    this.box.hidden = !isRecording;
    this.element.find("tools").hidden = isRecording;
  }
}

function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}
