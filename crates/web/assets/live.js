// Looks again at what others change while the page stands open; only comfort, and it disturbs nobody: what has the focus
// keeps it, what is marked stays marked, and what is typed stands outside the part that is replaced.
const EVERY = 10_000;
const said = document.querySelector("[data-live-said]");
let part = document.querySelector("[data-live]");
let mark = "";

function replace(fresh) {
  const here = part.contains(document.activeElement) ? document.activeElement : null;
  const address = here?.getAttribute("href");
  const links = [...fresh.querySelectorAll("a[href]")];
  const there = address && links.find((link) => link.getAttribute("href") === address);
  const selection = getSelection();
  const isMarked = selection && !selection.isCollapsed && part.contains(selection.anchorNode);
  // The table that scrolls may have the focus itself.
  const scrolls = here?.matches(".table") ?? false;
  if (isMarked || (here && !there && !scrolls)) {
    return false;
  }
  const before = part.querySelector(".table");
  const [left, top] = [before?.scrollLeft ?? 0, before?.scrollTop ?? 0];
  part.replaceWith(fresh);
  part = fresh;
  const after = part.querySelector(".table");
  after?.scrollTo(left, top);
  (there || (scrolls && after))?.focus?.({ preventScroll: true });
  return true;
}

async function look() {
  if (document.hidden) {
    return;
  }
  try {
    const headers = { "if-none-match": mark, "x-look-again": "1" };
    const answer = await fetch(location.href, { headers, redirect: "error", cache: "no-store" });
    if (answer.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = document.adoptNode(page.querySelector("[data-live]"));
      if (fresh.innerHTML === part.innerHTML || replace(fresh)) {
        mark = answer.headers.get("etag") ?? "";
      }
    } else if (answer.status !== 304) {
      throw new Error(String(answer.status));
    }
    const now = new Date().toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo" });
    said.textContent = `自動で更新しています（${now}に確認）`;
  } catch {
    // The line is down, or the session is over: what stands here is old, and says so.
    said.textContent = "自動で更新できません。「最新の状態にする」を押してください。";
  }
}

if (part && said) {
  // Read out only where it fails: a time every few seconds is for the eye.
  said.setAttribute("aria-live", "off");
  setInterval(look, EVERY);
  look();
}
