/* Saves a page as it is written: a moment after typing stops, and when the page is left. The page works without this.
   Nothing is ever stored in the browser. */

const QUIET_MS = 1500;
/* Browsers refuse to send more than this from a page that is being left. */
const LONGEST_FAREWELL = 60000;
/* What every form carries besides someone's answers. */
const BOOKKEEPING = ["csrfmiddlewaretoken", "revision", "token", "run", "begun"];

/* For visitors, whose time zone only their browser knows. */
const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

class Writing {
  constructor(form) {
    this.form = form;
    this.texts = [...form.querySelectorAll("textarea[data-longest]")];
    this.status = form.querySelector("[data-status]");
    this.counter = form.querySelector("[data-counter]");
    this.button = form.dataset.button ?? "Keep it";
    /* A question may be left blank again; a note may not. */
    this.mayBeBlank = "mayBeBlank" in form.dataset;
    /* Words that came back with the page are nowhere else yet. */
    this.isStuck = "unsaved" in form.dataset;
    this.saved = this.isStuck ? null : this.content();
    this.sending = null;
    this.listen();
    this.count();
    this.catchUp();
  }

  listen() {
    const ending = new AbortController();
    const on = (target, name, deed) => target.addEventListener(name, deed, { signal: ending.signal });
    on(this.form, "input", () => this.noticeInput());
    on(this.form, "submit", (event) => this.finish(event));
    on(document, "visibilitychange", () => document.hidden && this.farewell());
    on(window, "pagehide", () => this.farewell());
    on(window, "beforeunload", (event) => this.warn(event));
    on(window, "leaving", (event) => {
      this.isLeaving = true;
      event.detail.wait.push(this.save({ keepalive: true }));
    });
    /* The next page could not be had, so this one stays. */
    on(document, "step-stays", () => (this.isLeaving = false));
    /* Another step has taken this one's place without a new page. */
    on(document, "step-goes", () => {
      this.farewell();
      ending.abort();
    });
  }

  /* On a slow line a person may be writing before this script has arrived, and no event tells of that. */
  catchUp() {
    const fields = [...this.form.elements];
    const isTouched = fields.some(
      (field) => (field.type === "textarea" && field.value !== field.defaultValue) || field.checked !== field.defaultChecked,
    );
    if (isTouched) {
      this.saved = null;
      this.noticeInput();
    }
  }

  /* Everything that a save would change. */
  content() {
    return JSON.stringify([...new FormData(this.form)].filter(([name]) => !BOOKKEEPING.includes(name)));
  }

  get isWorthSaving() {
    const hasWords = this.texts.some((text) => text.value.trim() !== "");
    return this.content() !== this.saved && (hasWords || this.mayBeBlank);
  }

  noticeInput() {
    this.count();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  /* How many characters the fullest box still takes; below nothing it is too long. */
  get room() {
    return Math.min(...this.texts.map((text) => Number(text.dataset.longest) - [...text.value].length));
  }

  count() {
    const left = this.room;
    this.counter.hidden = !(left <= Number(this.texts[0]?.dataset.longest) / 20);
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

  noteSaved({ revision, saved, address, fields }, content) {
    this.isStuck = false;
    /* Of two saves that were on their way together, the later one may answer first. */
    if (revision < Number(this.form.elements.revision.value)) {
      return;
    }
    this.saved = content;
    this.form.elements.revision.value = revision;
    for (const [name, value] of Object.entries(fields ?? {})) {
      this.form.elements[name].value = value;
    }
    this.form.setAttribute("action", address);
    if (this.form.isConnected) {
      history.replaceState(null, "", address);
    }
    this.say(`Saved ${saved || clock()}`);
  }

  /* Pressing the button shows a page with the words and the way on; until then nothing more is sent. */
  noteProblem(status) {
    this.isStuck = true;
    if (status === 409) {
      this.isOver = true;
      this.say(`This was also changed somewhere else. Press “${this.button}” to see both versions.`);
    } else if (status === 403) {
      this.say(`Not saved: you are signed out. Press “${this.button}”, and your words come along.`);
    } else if (status === 404) {
      this.isOver = true;
      this.say(`This was deleted somewhere else. Press “${this.button}” to keep these words.`);
    } else if (status === 422) {
      this.say(`Not saved: press “${this.button}” to see why.`);
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
    const options = this.content().length < LONGEST_FAREWELL / 4 ? { keepalive: true } : {};
    this.sending = this.send(options, this.isSending ? 1 : 0);
  }

  /* Only where saving did not work: the browser then asks before it lets the words go. */
  warn(event) {
    if (this.isStuck && this.isWorthSaving && !this.isLeaving) {
      event.preventDefault();
    }
  }

  /* The words are saved before the page goes. With no connection it stays, because they are in it. */
  async finish(event) {
    if (this.isLeaving) {
      return;
    }
    event.preventDefault();
    if (this.room < 0) {
      this.say("This is longer than one note can hold. Your words are still here; please move the end into a second note.");
      this.texts.find((text) => [...text.value].length > Number(text.dataset.longest)).focus();
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

const watch = () => document.querySelectorAll("[data-writing]").forEach((form) => new Writing(form));

document.addEventListener("step-came", watch);
watch();
