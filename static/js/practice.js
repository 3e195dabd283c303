/* A way through a practice without whole new pages, and what a pause and printing need. All of it works without this. */

const MAIN = "main";

/* Ask for a page as a document: its text never becomes HTML by our hand. */
const load = (url, body) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(body ? "POST" : "GET", url);
    request.responseType = "document";
    request.onload = () => resolve(request);
    request.onerror = reject;
    request.send(body);
  });

const NO_CONNECTION = "There is no connection. Your words are still here; please try again in a moment.";

const say = (words) => {
  const status = document.querySelector("[data-status]");
  if (status) {
    status.textContent = words;
  }
};

/* The address of the page that is shown, and how many times the browser's Back or Forward was pressed. */
let shown = location.href;
let turns = 0;

const isOurs = (page) => page?.querySelector("main .practice") && page.querySelector("script[src*='practice']");

/* Put the page that came in the place of the one before, as far as they differ. */
const show = (request, { push }) => {
  const page = request.response;
  if (!isOurs(page)) {
    return false;
  }
  document.dispatchEvent(new Event("step-goes"));
  if (push && request.responseURL !== location.href) {
    history.pushState(null, "", request.responseURL);
  }
  shown = location.href;
  document.title = page.title;
  document.querySelector(MAIN).replaceWith(document.adoptNode(page.querySelector(MAIN)));
  document.dispatchEvent(new Event("step-came"));
  scrollTo(0, 0);
  (document.querySelector("[role=alert]") ?? document.querySelector("[data-heading]"))?.focus({ preventScroll: true });
  return true;
};

const go = async (url, form, submitter) => {
  try {
    const request = await load(url, form && new FormData(form, submitter));
    if (show(request, { push: true })) {
      return;
    }
    if (form && request.status >= 400) {
      /* A page that gives the words back has no address: the browser sends the form by itself and shows what comes. */
      form.dataset.whole = "";
      form.requestSubmit(submitter);
    } else {
      location.assign(request.responseURL || url);
    }
  } catch {
    /* The form is still there. */
    document.dispatchEvent(new Event("step-stays"));
    say(NO_CONNECTION);
  }
};

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.id !== "answer" || "whole" in form.dataset) {
    return;
  }
  event.preventDefault();
  go(form.getAttribute("action"), form, event.submitter);
});

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-step]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    go(link.href);
  }
});

addEventListener("popstate", async () => {
  const { href, pathname } = location;
  /* A link within the page, such as from a problem to its field, leads nowhere else. */
  if (pathname === new URL(shown).pathname) {
    return;
  }
  turns += 1;
  const turn = turns;
  const request = await load(href).catch(() => null);
  if (turn !== turns) {
    return;
  }
  if (!request) {
    history.pushState(null, "", shown);
    say(NO_CONNECTION);
    return;
  }
  /* What was just typed is saved before its page goes. A save notes its own address, so this one is noted again. */
  const wait = [];
  dispatchEvent(new CustomEvent("leaving", { detail: { wait } }));
  await Promise.all(wait);
  history.replaceState(null, "", href);
  if (!show(request, { push: false })) {
    location.reload();
  }
});

/* A pause: a circle that grows and shrinks with the breath, or stays as it is for those who want no motion. */
class Pause {
  constructor(place) {
    this.place = place;
    this.says = place.querySelector("[data-says]");
    this.button = place.querySelector("[data-begin]");
    this.before = this.says.textContent;
    this.button.hidden = false;
    this.button.addEventListener("click", () => (this.ending ? this.end() : this.begin()));
    document.addEventListener("step-goes", () => this.stop(), { once: true });
  }

  get rhythm() {
    const { inward, wait, outward } = this.place.dataset;
    return [["Breathe in", Number(inward), 1], ["Wait", Number(wait), 1], ["Breathe out", Number(outward), 0.6]].filter(
      ([, seconds]) => seconds,
    );
  }

  begin() {
    this.ending = setTimeout(() => this.end(), Number(this.place.dataset.seconds) * 1000);
    this.button.textContent = "End the pause";
    this.says.textContent = "Nothing to do now.";
    if (this.rhythm.length) {
      this.breathe(0);
    }
  }

  breathe(turn) {
    const [words, seconds, size] = this.rhythm[turn % this.rhythm.length];
    this.says.textContent = words;
    if (matchMedia("(prefers-reduced-motion: no-preference)").matches) {
      const circle = this.place.querySelector(".inner");
      circle.animate({ transform: `scale(${size * 1.5})` }, { duration: seconds * 1000, fill: "forwards", easing: "ease-in-out" });
    }
    this.next = setTimeout(() => this.breathe(turn + 1), seconds * 1000);
  }

  end() {
    this.stop();
    this.button.textContent = "Once more";
    this.says.textContent = "That was the pause. Go on when you like.";
  }

  stop() {
    clearTimeout(this.ending);
    clearTimeout(this.next);
    this.ending = this.next = null;
    this.place.querySelector(".inner").getAnimations().forEach((animation) => animation.cancel());
  }
}

const wake = () => {
  document.querySelectorAll("[data-pause]").forEach((place) => new Pause(place));
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
  /* A sentence that has begun goes on after its beginning. */
  document.querySelectorAll("textarea[data-stem]").forEach((text) =>
    text.addEventListener("focus", () => text.setSelectionRange(text.value.length, text.value.length), { once: true }),
  );
};

document.addEventListener("step-came", wake);
wake();
