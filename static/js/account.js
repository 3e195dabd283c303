/* Small comforts of the account pages. All of them but the passkey work without this.
   The first: it knows the time zone of this device, offers it among the preferences, and sends it along at sign-up. */

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

const offer = (form) => {
  const select = form.elements.time_zone;
  const isKnown = [...select.options].some((option) => option.value === here);
  if (!isKnown || select.value === here) {
    return;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "textual";
  button.textContent = `Use ${here.replaceAll("_", " ")}, the time zone of this device`;
  button.addEventListener("click", () => {
    select.value = here;
    select.focus();
    button.remove();
  });
  select.after(button);
};

/* The passkey's form is one of its own; it takes along what was said about the device beside the password. */
const passkey = document.getElementById("mfa_login");
const shared = document.querySelector("input[name=shared_device]");

if (passkey && shared) {
  const note = () => {
    passkey.querySelector("[name=shared_device]")?.remove();
    if (shared.checked) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name: "shared_device", value: "on" });
      passkey.append(input);
    }
  };
  shared.addEventListener("change", note);
  note();
}

if (here) {
  document.querySelectorAll("[data-time-zone]").forEach(offer);
  document.querySelectorAll("input[type=hidden][name=time_zone]").forEach((input) => (input.value = here));
}
