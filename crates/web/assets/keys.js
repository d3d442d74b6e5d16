// One key for each answer: a letter presses the button that shows it. Only comfort; the buttons do the same.
const answers = document.querySelector("[data-keys]");
addEventListener("keydown", (event) => {
  const isPlain = !(event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat);
  const isWriting = event.target.matches("input, select, textarea");
  // The place of the key and not its sign, which an input method changes.
  const letter = event.code.startsWith("Key") ? event.code.slice(3) : "";
  if (answers && isPlain && !isWriting && letter) {
    answers.querySelector(`[data-key="${letter}"]`)?.click();
  }
});
