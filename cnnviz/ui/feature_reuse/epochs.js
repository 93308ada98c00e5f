// The matrices of a run's epochs: slider and playback paint the cells in the browser; the server is
// told where they rest.
const SECONDS = 8; // of a whole run, at most
const SLOWEST = 400; // ms a frame
const views = new WeakMap();

const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const [drawing, slider, button, label] = ["drawing", "slider", "play", "epoch"].map((name) =>
    parentElement.querySelector(`.${name}`),
  );
  const view = views.get(parentElement) ?? { frame: 0, given: null, told: [] };
  views.set(parentElement, view);
  const count = data.epochs.length;

  const sign = `${data.shades} ${data.values}`;
  if (view.sign !== sign) {
    view.sign = sign;
    drawing.innerHTML = data.svg;
    view.cells = [...drawing.querySelectorAll(".cell")];
    view.words = view.cells.map((cell) => cell.textContent.replace(/: [^:]*$/, ""));
    view.shades = bytes(data.shades);
    view.values = new Float32Array(bytes(data.values).buffer);
  }

  const paint = (frame) => {
    view.frame = frame;
    const start = frame * view.cells.length;
    view.cells.forEach((cell, index) => {
      cell.setAttribute("fill", data.palette[view.shades[start + index]]);
      const value = Number(view.values[start + index].toPrecision(3));
      cell.firstChild.textContent = `${view.words[index]}: ${value}`;
    });
    slider.value = frame;
    slider.setAttribute("aria-valuetext", data.epochs[frame]);
    label.textContent = data.epochs[frame];
  };
  const rest = () => {
    view.told.push(view.frame);
    setStateValue("epoch", data.numbers[view.frame]);
  };
  const stop = () => {
    clearInterval(view.timer);
    view.timer = null;
    button.textContent = "Play";
  };

  slider.max = count - 1;
  // The address may have changed; while it plays, and where this is the answer to what was told
  // before the slider went on, the browser knows better.
  if (view.given !== data.start) {
    const answered = view.told.lastIndexOf(data.start);
    if (answered < 0 && !view.timer) view.frame = data.start;
    view.told.splice(0, answered < 0 ? view.told.length : answered + 1);
  }
  view.given = data.start;
  paint(Math.min(view.frame, count - 1));

  slider.oninput = () => {
    stop();
    paint(Number(slider.value));
  };
  slider.onchange = rest;
  button.onclick = () => {
    if (view.timer) {
      stop();
      rest();
      return;
    }
    if (view.frame === count - 1) paint(0);
    button.textContent = "Stop";
    view.timer = setInterval(
      () => {
        paint(view.frame + 1);
        if (view.frame < count - 1) return;
        stop();
        rest();
      },
      Math.min(SLOWEST, (1000 * SECONDS) / count),
    );
  };
  drawing.onclick = (event) => {
    const cell = view.cells.indexOf(event.target);
    if (cell >= 0) setTriggerValue("clicked", { select: data.names[cell] });
  };
  return () => clearInterval(view.timer);
}
