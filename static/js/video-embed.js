// <video-embed data-src data-title>: a film of another site. Nothing is fetched from there before the button is pressed;
// without JavaScript its link is all there is.
class VideoEmbed extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.play());
  }

  play() {
    const frame = document.createElement("iframe");
    frame.title = this.dataset.title;
    frame.allow = "fullscreen; encrypted-media; picture-in-picture";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups");
    frame.src = this.dataset.src;
    this.replaceChildren(frame);
    frame.focus();
  }
}
customElements.define("video-embed", VideoEmbed);
