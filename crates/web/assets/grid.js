// Moves between the links of a table with the arrow keys; without it Tab goes through them one by one. Where the page has
// a form for it, a rectangle of cells is picked with Shift and the arrows or with the mouse, and put into its fields.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The link of the next cell in a direction that has one. */
function next(table, cell, [down, right]) {
  const column = cell.cellIndex + right;
  let row = table.rows[cell.parentElement.rowIndex + down];
  // Closed days have one link alone: going up and down passes over them.
  while (down && row && !row.cells[column]?.querySelector("a")) row = table.rows[row.rowIndex + down];
  return row?.cells[column]?.querySelector("a");
}

/** Picks the cells between two corners. */
class Picker {
  constructor(table, form) {
    this.table = table;
    this.form = form;
    this.corner = null;
  }

  begin(cell) {
    this.corner = cell.dataset.day ? cell : null;
  }

  until(cell) {
    const corner = this.corner;
    if (!corner || !cell?.dataset.day) return false;
    const inOrder = (one, other) => (one <= other ? [one, other] : [other, one]);
    const [top, bottom] = inOrder(corner.parentElement.rowIndex, cell.parentElement.rowIndex);
    const [left, right] = inOrder(corner.cellIndex, cell.cellIndex);
    const picked = [];
    for (const each of this.table.querySelectorAll("td[data-day]")) {
      const row = each.parentElement.rowIndex;
      const isIn = top <= row && row <= bottom && left <= each.cellIndex && each.cellIndex <= right;
      each.classList.toggle("is-picked", isIn);
      if (isIn) picked.push(each);
    }
    const [first, last] = [picked[0], picked[picked.length - 1]];
    const fields = this.form.elements;
    fields.namedItem("first").value = first.dataset.day;
    fields.namedItem("last").value = last.dataset.day;
    fields.namedItem("from").value = first.dataset.from;
    fields.namedItem("until").value = last.dataset.until;
    const name = (each) => each.parentElement.querySelector("th").innerText;
    const days = name(first) === name(last) ? name(first) : `${name(first)}から${name(last)}まで`;
    this.form.querySelector("[role=status]").innerText = `選んだ範囲：${days}、${first.dataset.from}から${last.dataset.until}まで`;
    return true;
  }
}

for (const table of document.querySelectorAll("table[data-grid]")) {
  const form = document.querySelector("form.grid-edit");
  const picker = form && new Picker(table, form);
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td, th");
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    if (picker && event.key === " " && cell.dataset.day) {
      // The places of what is picked, or of this cell. Digits are no sign for it: they may come from a scanner.
      event.preventDefault();
      if (!cell.classList.contains("is-picked")) {
        picker.begin(cell);
        picker.until(cell);
      }
      form.elements.namedItem("places").focus();
      return;
    }
    const step = STEPS[event.key];
    const link = step && next(table, cell, step);
    if (!link) return;
    event.preventDefault();
    if (picker && event.shiftKey) {
      if (!picker.corner) picker.begin(cell);
      picker.until(link.closest("td"));
    } else if (picker) {
      picker.corner = null;
    }
    link.focus();
  });
  if (!picker) continue;

  let dragged = false;
  table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("td[data-day]");
    dragged = false;
    // A finger scrolls.
    if (!cell || event.button !== 0 || event.pointerType !== "mouse") return;
    if (event.shiftKey && picker.corner) {
      dragged = picker.until(cell);
    } else {
      picker.begin(cell);
    }
  });
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("td[data-day]");
    if (event.buttons === 1 && event.pointerType === "mouse" && cell && picker.corner && cell !== picker.corner) {
      dragged = picker.until(cell);
    }
  });
  table.addEventListener("dragstart", (event) => event.preventDefault());
  // What ends a drag is no press of the link under it.
  table.addEventListener("click", (event) => {
    if (dragged) event.preventDefault();
    dragged = false;
  });
}
