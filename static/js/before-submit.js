// What is being saved in the background comes before a form that leaves the page: else an upload beside a title could reach
// the server before the title does, and the title would look like typed on top of an older state.
const PATIENCE_MS = 15000, waiting = new Set(), passed = new WeakSet();

// Let `settle(form)` return a promise while something must be saved before `form` is sent, else nothing. Returns what ends that.
export function beforeSubmit(settle) {
  waiting.add(settle);
  return () => waiting.delete(settle);
}

document.addEventListener("submit", (e) => {
  const form = e.target, button = e.submitter;
  if (passed.delete(form) || form.getAttribute("method") === "dialog") return;
  if (!saving(form).length) return;
  e.preventDefault();
  e.stopImmediatePropagation();
  settled(form, performance.now() + PATIENCE_MS).then(() => {
    if (!form.isConnected) return;
    passed.add(form);
    form.requestSubmit(button?.isConnected ? button : null);
    passed.delete(form);
  });
}, { capture: true });

function saving(form) { return [...waiting].map((settle) => settle(form)).filter(Boolean); }

// Resolves when nothing is being saved any more: while one thing is saved the next may begin.
async function settled(form, until) {
  for (let busy = saving(form); busy.length && performance.now() < until; busy = saving(form)) {
    await Promise.race([Promise.allSettled(busy), new Promise((done) => setTimeout(done, until - performance.now()))]);
  }
}
