// <rubric-points data-words="{got} of {most} points">: says what the chosen levels add up to. Points have two decimals at most,
// so hundredths are whole numbers and the sum is exact.

const HUNDRED = 100;

class RubricPoints extends HTMLElement {
  connectedCallback() {
    this.total = this.querySelector(".rubric-total");
    this.addEventListener("change", () => this.add());
  }

  worth(option) { return Math.round(Number(option.dataset.points) * HUNDRED); }

  add() {
    const options = [...this.querySelectorAll("[data-points]")];
    const got = options.filter((o) => o.querySelector("input").checked).reduce((sum, o) => sum + this.worth(o), 0);
    const most = [...this.querySelectorAll("[data-criterion]")]
      .reduce((sum, c) => sum + Math.max(...[...c.querySelectorAll("[data-points]")].map((o) => this.worth(o))), 0);
    this.total.textContent = this.dataset.words.replace("{got}", this.written(got)).replace("{most}", this.written(most));
  }

  written(hundredths) {
    return (hundredths / HUNDRED).toLocaleString(document.documentElement.lang || "nl", { useGrouping: false, maximumFractionDigits: 2 });
  }
}
customElements.define("rubric-points", RubricPoints);
