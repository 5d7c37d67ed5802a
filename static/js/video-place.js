// <video-place data-start>: starts the film where the person stopped and saves the place every 10 s of playing, on pause
// and on leaving. Its form (hidden) carries the address, the CSRF field and position_s.
import { postForm } from "./post.js";

const EVERY_S = 10;

class VideoPlace extends HTMLElement {
  connectedCallback() {
    this.film = this.querySelector("video");
    this.form = this.querySelector("form");
    this.cover = this.querySelector(".video-cover");
    if (!this.film) return;
    this.start = this.saved = Number(this.dataset.start) || 0;
    this.gone = new AbortController();
    const on = { signal: this.gone.signal };
    const ready = () => this.seek();
    if (this.film.readyState >= 1) ready(); else this.film.addEventListener("loadedmetadata", ready, { ...on, once: true });
    this.film.addEventListener("timeupdate", () => this.tick(), on);
    this.film.addEventListener("pause", () => this.save(), on);
    this.film.addEventListener("ended", () => this.save(), on);
    this.film.addEventListener("play", () => this.uncover(), on);
    addEventListener("pagehide", () => this.save({ keepalive: true }), on);
    document.addEventListener("visibilitychange", () => document.hidden && this.save({ keepalive: true }), on);
    this.hide();
  }

  disconnectedCallback() { this.gone?.abort(); }

  // The still with its one large button stands over the film until it plays.
  hide() {
    if (!this.cover) return;
    this.film.controls = false;
    this.cover.hidden = false;
    this.cover.querySelector(".play").addEventListener("click", () => { this.uncover(); this.film.play(); this.film.focus(); });
  }

  uncover() {
    this.film.controls = true;
    if (this.cover) this.cover.hidden = true;
  }

  seek() {
    const length = this.film.duration;
    if (this.start > 0 && Math.abs(this.film.currentTime - this.start) > 1 && (!length || this.start < length)) this.film.currentTime = this.start;
  }

  tick() {
    if (this.film.paused || this.film.seeking) return;
    if (Math.abs(this.film.currentTime - this.saved) >= EVERY_S) this.save();
  }

  async save({ keepalive = false } = {}) {
    const place = Math.floor(this.film.currentTime);
    if (!this.form || place === Math.floor(this.saved) || !this.film.played.length) return;
    const before = this.saved;
    this.saved = place;
    this.form.elements.position_s.value = place;
    const answer = await postForm(this.form, { keepalive }).catch(() => null);
    if (!answer?.ok && this.saved === place) this.saved = before;
  }
}
customElements.define("video-place", VideoPlace);
