// Fills the key from the QR code's address (after #, which browsers never send) and clears the address.
const field = document.querySelector("[data-key-field]");
const key = decodeURIComponent(location.hash.slice(1));
if (field && /^[\d\s-]{14,24}$/.test(key)) {
  field.value = key;
  document.querySelector("[data-key-filled]")?.removeAttribute("hidden");
}
if (location.hash) {
  history.replaceState(null, "", location.pathname);
}
