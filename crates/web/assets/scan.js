// What keyboard and scanner do on every staff page; only comfort. What was scanned is understood by the server alone.
const bar = document.querySelector("[data-scan]");
const box = document.querySelector("[data-scan-here]") ?? bar;
const codes = /^(Digit|Numpad)\d$/;

// Where digits are written. A person's name has none.
const isWriting = (here) => here.matches("input:not([type=checkbox], [type=radio], [name=person]), select, textarea");

let ended = false;
if (bar) {
  addEventListener("keydown", (event) => {
    // F2 reaches the scan box from anywhere.
    if (event.key === "F2") {
      event.preventDefault();
      bar.focus();
      bar.select();
    }
    // A scan may begin wherever the focus is: else it would be lost, and its Enter would press what has the focus.
    const isPlain = !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing);
    if (isPlain && codes.test(event.code) && !isWriting(event.target)) {
      box.value = "";
      box.focus();
    }
    // Under a Japanese input method the Enter of the scanner only ends the composition: the scan goes on then.
    ended = event.isComposing && event.code === "Enter" && (event.target === bar || event.target === box);
  });
  addEventListener("compositionend", (event) => {
    if (ended) {
      ended = false;
      event.target.form.requestSubmit();
    }
  });
  // On scan screens the box gets the focus back when it is lost.
  if (bar.dataset.scan === "hold") {
    bar.focus();
    addEventListener("focusout", () => {
      setTimeout(() => {
        if (!document.activeElement || document.activeElement === document.body) {
          bar.focus();
        }
      }, 200);
    });
  }
}

// A year has four digits, so that a day is typed as they come: 20261124.
for (const day of document.querySelectorAll("input[type=date]:not([max])")) {
  day.max = "9999-12-31";
}
