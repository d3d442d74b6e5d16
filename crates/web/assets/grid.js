// Moves between the links of a table with the arrow keys; without it Tab goes through them one by one.
for (const table of document.querySelectorAll("table[data-grid]")) {
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const cell = event.target.closest("td, th");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const column = cell.cellIndex + step[1];
    let row = table.rows[cell.parentElement.rowIndex + step[0]];
    // Closed days have one link alone: going up and down passes over them.
    while (step[0] && row && !row.cells[column]?.querySelector("a")) row = table.rows[row.rowIndex + step[0]];
    const link = row?.cells[column]?.querySelector("a");
    if (!link) return;
    event.preventDefault();
    link.focus();
  });
}
