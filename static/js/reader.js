/* Three comforts for the reader. The site is complete without this file.
   It is no module, because the chosen colours must be there before the first paint. */

(() => {
  const root = document.documentElement;

  /* The reader's choice of colours: "light", "dark", or nothing for the device's own. */
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") {
      root.dataset.theme = theme;
    } else {
      delete root.dataset.theme;
    }
  };

  const keep = (theme) => {
    try {
      if (theme === "system") {
        localStorage.removeItem("theme");
      } else {
        localStorage.setItem("theme", theme);
      }
    } catch {
      /* Without storage the choice lasts for this page. */
    }
  };

  apply(stored());

  /* Browsers differ in whether a link to a folded answer opens it; here it always does. */
  const linked = () => {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      /* An address can end in anything. */
      return null;
    }
  };

  const openLinkedAnswer = () => {
    const target = linked();
    const answer = target?.closest("details");
    if (answer && !answer.open) {
      answer.open = true;
      target.scrollIntoView();
    }
  };

  addEventListener("hashchange", openLinkedAnswer);

  /* On paper nothing folds. The style sheet says so too, but not every browser can read that part of it. */
  let unfolded = [];

  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll(".question:not([open])")];
    unfolded.forEach((answer) => (answer.open = true));
  });

  addEventListener("afterprint", () => unfolded.forEach((answer) => (answer.open = false)));

  document.addEventListener("DOMContentLoaded", () => {
    openLinkedAnswer();
    const choices = document.querySelector(".appearance");
    if (!choices) {
      return;
    }
    choices.hidden = false;
    const current = choices.querySelector(`[value="${stored()}"]`);
    if (current) {
      current.checked = true;
    }
    choices.addEventListener("change", (event) => {
      apply(event.target.value);
      keep(event.target.value);
    });
  });
})();
