// The scan box: F2 reaches it from anywhere; on scan screens it gets the focus back when it is lost.
// What was scanned is understood by the server alone.
const box = document.querySelector("[data-scan]");
if (box) {
  addEventListener("keydown", (event) => {
    if (event.key === "F2") {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
  if (box.dataset.scan === "hold") {
    box.focus();
    addEventListener("focusout", () => {
      setTimeout(() => {
        if (!document.activeElement || document.activeElement === document.body) {
          box.focus();
        }
      }, 200);
    });
  }
}
