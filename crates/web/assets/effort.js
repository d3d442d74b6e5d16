// Solves the task that the page of those who wait sets in a long queue (effort.rs says why): the browser computes beside
// the page, a few tries at a time, and nobody has to do anything. Where the browser cannot, waiting is all there is.
const asked = document.querySelector("[data-effort]");
const AT_ONCE = 8;

async function solve({ effort, minute, bits, rounds, to }) {
  const text = Uint8Array.from(effort.match(/../g), (pair) => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", text, "PBKDF2", false, ["deriveBits"]);
  const fits = async (number) => {
    const salt = new TextEncoder().encode(String(number));
    const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: Number(rounds) };
    const block = await crypto.subtle.deriveBits(way, key, 256);
    return Math.clz32(new DataView(block).getUint32(0)) >= Number(bits);
  };
  for (let first = 0; ; first += AT_ONCE) {
    const tried = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => fits(first + n)));
    const at = tried.indexOf(true);
    if (at >= 0) {
      const body = new URLSearchParams({ minute, number: String(first + at) });
      const answer = await fetch(to, { method: "POST", body });
      if (answer.ok) {
        location.reload();
      }
      return;
    }
  }
}

if (asked && globalThis.crypto?.subtle) {
  // A line that is down, or a page that goes away: the next page brings a new task.
  solve(asked.dataset).catch(() => {});
}
