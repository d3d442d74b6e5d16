// The count of a box goes on while the network is away: what is scanned is kept in its order, each with its time and an
// operation of its own, and sent later, one after the other, so that each is taken once. Without this script each scan
// loads the page again.
const form = document.querySelector("form[data-count]");
const state = document.querySelector("[data-count-state]");
const line = document.querySelector("[data-count-line]");
const kept = form && `count ${location.pathname} ${form.dataset.count}`;
// Longer than any answer takes; the same operation is sent again then.
const PATIENCE = 8_000;
const AGAIN = 2_000;

let queue = [];
let busy = false;
let stopped = false;

// A ULID: 48 bits of time and 80 of chance.
function operation() {
  const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  let time = Date.now();
  let text = "";
  for (let n = 0; n < 10; n += 1) {
    text = signs[time % 32] + text;
    time = Math.floor(time / 32);
  }
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
    text += signs[byte % 32];
  }
  return text;
}

// Only our own labels are kept: nine digits of a card, eight of a place. Whatever else was scanned must not stay.
function own(code) {
  const digits = code.normalize("NFKC").replace(/[\s-]/g, "");
  return /^\d{8,9}$/.test(digits) ? digits : null;
}

function keep() {
  const own = queue.filter((scan) => scan.own);
  if (own.length > 0) {
    localStorage.setItem(kept, JSON.stringify(own));
  } else {
    localStorage.removeItem(kept);
  }
}

function say(tone, words, more) {
  const old = state.querySelector(".scanned");
  const said = document.createElement("p");
  said.className = `scanned scanned-${tone}`;
  said.dataset.sound = tone;
  said.setAttribute("role", "status");
  said.textContent = words;
  if (more) {
    const name = document.createElement("span");
    name.className = "scanned-name";
    name.textContent = more;
    said.append(name);
  }
  old?.remove();
  state.append(said);
  said.dispatchEvent(new Event("said", { bubbles: true }));
}

function tell(words) {
  if (line.textContent !== words) {
    line.textContent = words;
  }
  line.hidden = words === "";
}

async function send(scan) {
  const body = new URLSearchParams({ code: scan.code, operation: scan.operation });
  if (scan.late) {
    body.set("scanned", String(scan.at));
  }
  const answer = await fetch(`${location.pathname}/scans`, {
    method: "POST",
    body,
    redirect: "manual",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status >= 500) {
    throw new Error(String(answer.status));
  }
  if (answer.status !== 200) {
    stopped = true;
    tell(`送れませんでした（未送信 ${queue.length}件）。サインインし直すか、画面を開き直してください。読み取りは残っています。`);
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-count-state]");
  queue.shift();
  keep();
  if (fresh.dataset.go) {
    if (queue.length === 0) {
      location.assign(fresh.dataset.go);
    }
    return;
  }
  state.replaceChildren(...document.adoptNode(fresh).childNodes);
  state.querySelector(".scanned")?.dispatchEvent(new Event("said", { bubbles: true }));
}

async function work() {
  if (busy || stopped) {
    return;
  }
  busy = true;
  while (queue.length > 0 && !stopped) {
    try {
      await send(queue[0]);
      if (!stopped) {
        tell(queue.length > 0 ? `送っています（未送信 ${queue.length}件）` : "");
      }
    } catch {
      for (const scan of queue) {
        scan.late = true;
      }
      const first = queue[0];
      if (!first.own) {
        // It may be the back of a card: it is not kept, not even here.
        queue.shift();
        say("bad", "読み取れません。カードの管理番号か箱のラベルを読み取ってください");
      } else if (!first.said) {
        for (const scan of queue) {
          scan.said = true;
        }
        say("good", "控えました（未送信）", queue.at(-1).code);
      }
      keep();
      tell(line.dataset.away.replace("#", String(queue.length)));
      break;
    }
  }
  busy = false;
}

function take(code) {
  const digits = own(code);
  const away = queue.some((scan) => scan.late);
  if (away && !digits) {
    say("bad", "読み取れません。カードの管理番号か箱のラベルを読み取ってください");
    return;
  }
  if (away && queue.some((scan) => scan.code === digits)) {
    say("again", "読み取り済みのカードです（数えません）", digits);
    return;
  }
  queue.push({ code: digits ?? code, own: digits !== null, operation: operation(), at: Date.now(), late: away, said: away });
  keep();
  if (away) {
    say("good", "控えました（未送信）", digits);
    tell(line.dataset.away.replace("#", String(queue.length)));
  }
  work();
}

if (form && state && line) {
  const field = form.elements.namedItem("code");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value;
    field.value = "";
    if (code.trim() !== "") {
      take(code);
    }
  });
  try {
    queue = JSON.parse(localStorage.getItem(kept) ?? "[]").map((scan) => ({ ...scan, late: true, said: true }));
  } catch {
    queue = [];
  }
  addEventListener("online", work);
  setInterval(work, AGAIN);
  work();
}
