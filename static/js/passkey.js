/* Says in words that a passkey did not work, where django-allauth only writes to the console; and lets Enter in a field
   ask for the passkey, as the button does, where the form alone would be sent without one. */

const place = document.querySelector("[data-passkey-problem]");

if (place) {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    place.textContent = "";
    requestAnimationFrame(() => {
      place.textContent = "That did not work. You can try again, or go on in another way.";
    });
  });
}

// django-allauth sends the form by itself once it has the passkey, and that is no submit event.
document.querySelectorAll("input[type=hidden][name=credential]").forEach((input) => {
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    input.form.querySelector("button[type=button]")?.click();
  });
});
