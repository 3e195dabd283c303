/* Saves a note as it is written: a moment after typing stops, and when the page is left. The page works without this.
   Nothing is ever stored in the browser. */

const QUIET_MS = 1500;
/* Browsers refuse to send more than this from a page that is being left. */
const LONGEST_FAREWELL = 60000;

class Writing {
  constructor(form) {
    this.form = form;
    this.text = form.elements.text;
    this.status = form.querySelector("[data-status]");
    this.counter = form.querySelector("[data-counter]");
    this.longest = Number(this.text.dataset.longest);
    /* Words that came back with the page are nowhere else yet. */
    this.isStuck = "unsaved" in form.dataset;
    this.saved = this.isStuck ? null : this.content();
    this.sending = null;
    form.addEventListener("input", () => this.noticeInput());
    form.addEventListener("submit", (event) => this.finish(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.farewell());
    addEventListener("pagehide", () => this.farewell());
    addEventListener("beforeunload", (event) => this.warn(event));
    addEventListener("leaving", (event) => {
      this.isLeaving = true;
      event.detail.wait.push(this.save({ keepalive: true }));
    });
    this.count();
    this.catchUp();
  }

  /* On a slow line a person may be writing before this script has arrived, and no event tells of that. */
  catchUp() {
    if (this.text.value !== this.text.defaultValue) {
      this.saved = null;
      this.noticeInput();
    }
  }

  /* Everything that a save would change. */
  content() {
    const { text, module, question } = this.form.elements;
    return JSON.stringify([text.value, module?.value, question?.value]);
  }

  get isWorthSaving() {
    return this.content() !== this.saved && this.text.value.trim() !== "";
  }

  noticeInput() {
    this.count();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  count() {
    const left = this.longest - [...this.text.value].length;
    this.counter.hidden = left > this.longest / 20;
    this.counter.textContent =
      left >= 0
        ? `There is room for ${left.toLocaleString("en-GB")} more characters.`
        : `This is ${(-left).toLocaleString("en-GB")} characters more than one note can hold.`;
  }

  /* One save at a time: a second one waits for the revision that the first one brings back. */
  async save(options = {}) {
    clearTimeout(this.timer);
    await this.sending;
    if (this.isWorthSaving && !this.isOver) {
      this.sending = this.send(options);
      await this.sending;
    }
  }

  async send(options, ahead = 0) {
    const content = this.content();
    const body = new FormData(this.form);
    body.set("action", "later");
    body.set("revision", Number(this.form.elements.revision.value) + ahead);
    this.isSending = true;
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(this.form.getAttribute("action"), { method: "POST", body, headers, ...options });
      if (response.ok && !response.redirected) {
        this.noteSaved(await response.json(), content);
      } else {
        this.noteProblem(response.status);
      }
      this.isUnreachable = false;
    } catch {
      this.isUnreachable = true;
      this.say("Not saved yet: there is no connection. Trying again soon.");
      this.timer = setTimeout(() => this.save(), QUIET_MS * 4);
      this.isStuck = true;
    }
    this.isSending = false;
  }

  noteSaved({ revision, saved, address }, content) {
    this.isStuck = false;
    /* Of two saves that were on their way together, the later one may answer first. */
    if (revision < Number(this.form.elements.revision.value)) {
      return;
    }
    this.saved = content;
    this.form.elements.revision.value = revision;
    this.form.setAttribute("action", address);
    history.replaceState(null, "", address);
    this.say(`Saved ${saved}`);
  }

  /* Pressing the button shows a page with the words and the way on; until then nothing more is sent. */
  noteProblem(status) {
    this.isStuck = true;
    if (status === 409) {
      this.isOver = true;
      this.say("This was also changed somewhere else. Press “Keep it” to see both versions.");
    } else if (status === 403) {
      this.say("Not saved: you are signed out. Press “Keep it”, and your words come along.");
    } else if (status === 404) {
      this.isOver = true;
      this.say("This note was deleted somewhere else. Press “Keep it” to keep these words.");
    } else if (status === 422) {
      this.say("Not saved: press “Keep it” to see why.");
    } else {
      this.say("Not saved yet. Trying again soon.");
      this.timer = setTimeout(() => this.save(), QUIET_MS * 10);
    }
  }

  say(words) {
    this.status.textContent = words;
  }

  /* A page that goes away waits for nothing: while a save is on its way, this one counts on its arriving first. */
  farewell() {
    if (!this.isWorthSaving || this.isLeaving || this.isOver) {
      return;
    }
    clearTimeout(this.timer);
    const options = this.text.value.length < LONGEST_FAREWELL / 4 ? { keepalive: true } : {};
    this.sending = this.send(options, this.isSending ? 1 : 0);
  }

  /* Only where saving did not work: the browser then asks before it lets the words go. */
  warn(event) {
    if (this.isStuck && this.isWorthSaving && !this.isLeaving) {
      event.preventDefault();
    }
  }

  get isTooLong() {
    return [...this.text.value].length > this.longest;
  }

  /* The words are saved before the page goes. With no connection it stays, because they are in it. */
  async finish(event) {
    if (this.isLeaving) {
      return;
    }
    event.preventDefault();
    if (this.isTooLong) {
      this.say("This is longer than one note can hold. Your words are still here; please move the end into a second note.");
      this.text.focus();
      return;
    }
    this.isLeaving = true;
    await this.save();
    if (this.isUnreachable) {
      this.isLeaving = false;
      this.say("There is no connection. Your words are still here; please try again in a moment.");
    } else {
      clearTimeout(this.timer);
      /* Later than now: a form cannot be sent again while it still tells of being sent. */
      setTimeout(() => this.form.requestSubmit(event.submitter));
    }
  }
}

document.querySelectorAll("[data-writing]").forEach((form) => new Writing(form));
