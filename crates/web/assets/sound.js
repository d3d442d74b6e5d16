// Scan screens: a short tone tells good from bad and from what was scanned before, and the field of the scan gets the
// focus back. Only comfort.
const TONES = { good: [880, 0.08], again: [440, 0.2], bad: [220, 0.4] };
let sound;
function play(said) {
  const [pitch, seconds] = TONES[said.dataset.sound] ?? TONES.bad;
  // One for the whole page: a browser gives only a few.
  sound ??= new AudioContext();
  const tone = sound.createOscillator();
  const volume = sound.createGain();
  tone.frequency.value = pitch;
  volume.gain.value = 0.1;
  tone.connect(volume).connect(sound.destination);
  tone.start();
  tone.stop(sound.currentTime + seconds);
}
const last = document.querySelector("[data-sound]");
if (globalThis.AudioContext) {
  if (last) {
    play(last);
  }
  // A page that shows the answer of a scan without being loaded again says so on the answer.
  document.addEventListener("said", (event) => play(event.target));
}
const field = document.querySelector("[data-scan-here]");
if (field) {
  field.focus();
  addEventListener("focusout", () => {
    setTimeout(() => {
      if (!document.activeElement || document.activeElement === document.body) {
        field.focus();
      }
    }, 200);
  });
}
