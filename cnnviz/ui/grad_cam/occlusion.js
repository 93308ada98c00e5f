// A patch dragged over a photo with mouse, finger or arrow keys. It moves at once; its place, in
// per cent of the photo, goes to the server a few times a second and when it rests.
const EVERY = 250; // ms
const REST = 400; // ms without an arrow key
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const views = new WeakMap();

const within = (value) => Math.min(100, Math.max(0, value));

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const frame = parentElement.querySelector(".frame");
  const photo = frame.querySelector("img");
  const patch = frame.querySelector(".patch");
  const view = views.get(parentElement) ?? { row: 50, column: 50, resting: true, sent: 0 };
  views.set(parentElement, view);

  const draw = () => {
    patch.style.top = `${view.row - data.side / 2}%`;
    patch.style.left = `${view.column - data.side / 2}%`;
    const place = `${Math.round(view.row)} % down, ${Math.round(view.column)} % across`;
    patch.setAttribute("aria-label", `Patch, ${place}. The arrow keys move it.`);
  };
  const send = () => {
    view.sent = Date.now();
    setStateValue("place", {
      row: Math.round(view.row),
      column: Math.round(view.column),
      resting: view.resting,
    });
  };
  const later = (wait) => {
    clearTimeout(view.timer);
    view.timer = setTimeout(send, Math.max(0, wait));
  };
  const move = (row, column) => {
    [view.row, view.column, view.resting] = [within(row), within(column), false];
    draw();
    later(view.sent + EVERY - Date.now());
  };
  const rest = () => {
    view.row = Math.round(view.row);
    view.column = Math.round(view.column);
    view.resting = true;
    const place = `${view.row},${view.column}`;
    view.awaited = place === view.given ? null : place;
    draw();
    clearTimeout(view.timer);
    clearTimeout(view.keys);
    send();
  };

  photo.alt = data.title;
  photo.classList.toggle("small", data.small);
  if (photo.getAttribute("src") !== data.photo) photo.src = data.photo;
  patch.style.width = patch.style.height = `${data.side}%`;
  patch.style.background = data.colour;
  // What the server says is the place where the patch last rested: the address may have changed,
  // but while the patch moves it is where the hand has it, and an answer to where it rested before
  // comes too late.
  const given = `${data.row},${data.column}`;
  if (view.awaited === given) view.awaited = null;
  if (view.given !== given && view.resting && !view.awaited) {
    [view.row, view.column] = [data.row, data.column];
  }
  view.given = given;
  draw();

  const under = (event) => {
    const box = frame.getBoundingClientRect();
    return [
      (100 * (event.clientY - box.top)) / box.height,
      (100 * (event.clientX - box.left)) / box.width,
    ];
  };
  patch.onpointerdown = (event) => {
    if (event.button !== 0) return;
    const [row, column] = under(event);
    view.held = [row - view.row, column - view.column];
    patch.setPointerCapture(event.pointerId);
  };
  patch.onpointermove = (event) => {
    if (!view.held) return;
    const [row, column] = under(event);
    move(row - view.held[0], column - view.held[1]);
  };
  patch.onpointerup = patch.onpointercancel = () => {
    if (view.held && !view.resting) rest();
    view.held = null;
  };
  frame.onclick = (event) => {
    if (event.target === patch) return;
    move(...under(event));
    rest();
    patch.focus({ preventScroll: true });
  };
  patch.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const size = event.shiftKey ? 10 : 2;
    move(view.row + size * step[0], view.column + size * step[1]);
    clearTimeout(view.keys);
    view.keys = setTimeout(rest, REST);
  };
  return () => {
    clearTimeout(view.timer);
    clearTimeout(view.keys);
  };
}
