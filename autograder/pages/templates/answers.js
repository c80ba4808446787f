// Points and comments are saved as they are given; the server compares with what the page showed before.
"use strict";
const forms = [...document.querySelectorAll("form[data-number]")];
const shown = form => ({
  points: form.points.value === "" ? null : Number(form.points.value), comment: form.comment.value.trim(),
});
const before = new Map(forms.map(form => [form, shown(form)]));  // what its fields showed
const known = new Map(forms.map(form => [form, JSON.parse(form.dataset.known)]));  // what the gradebook has
const same = (one, other) => one.points === other.points && one.comment === other.comment;

const waits = form => known.get(form).points === null || form.dataset.waits === "1";

function count() {
  const left = forms.filter(waits).length;
  document.getElementById("left").textContent = left ? `Without points: ${left}.` : "All have points.";
}

function say(form, sentence, outcome) {
  const status = form.querySelector("[role=status]");
  status.textContent = sentence;
  status.className = outcome;
}

async function save(form, warned) {
  const given = shown(form);
  if (same(given, before.get(form))) return true;
  if (form.dataset.conflict && !warned) return false;
  if (!form.checkValidity()) {
    say(form, `Not saved: ${form.points.validationMessage || form.comment.validationMessage}`, "failed");
    return false;
  }
  say(form, "Saving …", "quiet");
  try {
    const answer = await fetch(`answers/${form.dataset.number}`, {
      method: "PUT",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify({given, before: known.get(form), seen: form.dataset.seen}),
    });
    const told = await answer.json();
    if (answer.ok || answer.status === 409) {
      before.set(form, {points: told.points, comment: told.comment});
      known.set(form, before.get(form));
      form.dataset.waits = "";
      form.dataset.conflict = answer.ok ? "" : "1";
    }
    say(form, answer.ok ? "Saved." : `Not saved: ${told.says}`, answer.ok ? "passed" : "failed");
    count();
    return answer.ok;
  } catch {
    say(form, "Not saved: autograder answers does not reply. Start it again, open the address that it prints, and copy this there.", "failed");
    return false;
  }
}

// One after the other, so that none overtakes the one before it.
let queue = Promise.resolve();
// What somebody else gave is replaced only by an Enter after it was shown: leaving a field replaces nothing.
function saved(form, enter) {
  const warned = enter && form.dataset.conflict === "1";
  return (queue = queue.then(() => save(form, warned)));
}

async function next(form) {
  if (!(await saved(form, true))) return;
  const place = forms.indexOf(form);
  const order = [...forms.slice(place + 1), ...forms.slice(0, place)];
  const open = order.find(waits) ?? forms[place + 1];
  open?.closest("article").scrollIntoView({block: "start"});
  open?.points.focus({preventScroll: true});
}

for (const form of forms) {
  form.addEventListener("change", () => saved(form, false));
  form.addEventListener("submit", event => {
    event.preventDefault();
    next(form);
  });
  form.addEventListener("keydown", event => {
    if (event.key !== "Enter" || event.isComposing || (event.target === form.comment && !event.ctrlKey)) return;
    event.preventDefault();
    next(form);
  });
}
addEventListener("beforeunload", event => {
  if (forms.some(form => !same(shown(form), before.get(form)))) event.preventDefault();
});
count();
