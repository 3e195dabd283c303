/* Leaving quickly: the page is blank at once, then the site is left. Without this file the link does the same, a little
   later. Pressing Shift three times does it too. */

const TOGETHER_MS = 5000;
/* How long what was just typed may take to be saved. */
const PATIENCE_MS = 700;

const leave = async (link) => {
  document.title = " ";
  document.body.hidden = true;
  const wait = [];
  dispatchEvent(new CustomEvent("leaving", { detail: { wait } }));
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.allSettled(wait), patience]);
  location.replace(link.href);
};

const link = document.querySelector("a.leave");

if (link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link);
  });

  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.repeat) {
      return;
    }
    presses = event.key === "Shift" ? [...presses, event.timeStamp].slice(-3) : [];
    if (presses.length === 3 && presses[2] - presses[0] < TOGETHER_MS) {
      leave(link);
    }
  });

  /* Coming back by the Back button shows the page again, or what the server then says. */
  addEventListener("pageshow", () => (document.body.hidden = false));
}
