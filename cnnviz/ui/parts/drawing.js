// A drawing that can be clicked, panned by dragging and zoomed; the server draws, this shows.
const SMALLEST = 0.15;
const LARGEST = 3;
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const views = new WeakMap();

// In a grid one cell takes part in the order of Tab; the arrow keys go from cell to cell.
function go(cell, [down, right]) {
  const [row, column] = [Number(cell.dataset.row) + down, Number(cell.dataset.column) + right];
  const next = cell
    .closest("[data-grid]")
    .querySelector(`[data-row="${row}"][data-column="${column}"]`);
  if (!next) return;
  cell.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

// Unlike scrollIntoView this leaves the page where it is: a phone begins at the page's title.
function reveal(scroller, chosen) {
  if (!chosen) return;
  const [frame, part] = [scroller.getBoundingClientRect(), chosen.getBoundingClientRect()];
  const overlap = (low, high) => Math.min(0, low) + Math.max(0, high);
  scroller.scrollLeft += overlap(part.left - frame.left, part.right - frame.right);
  scroller.scrollTop += overlap(part.top - frame.top, part.bottom - frame.bottom);
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const scroller = parentElement.querySelector(".picture");
  const view = views.get(parentElement) ?? { zoom: null, drawn: null, name: null };
  views.set(parentElement, view);

  if (view.drawn !== data.svg) {
    const held = scroller.getRootNode().activeElement?.dataset?.select;
    scroller.innerHTML = data.svg;
    view.drawn = data.svg;
    // Who works with the keyboard goes on where he was.
    const parts = held ? [...scroller.querySelectorAll("[data-select]")] : [];
    parts.find((each) => each.dataset.select === held)?.focus({ preventScroll: true });
  }
  const svg = scroller.querySelector("svg");
  const width = Number(svg.getAttribute("width"));
  const height = Number(svg.getAttribute("height"));

  const fitting = () => Math.min(1, (scroller.clientWidth - 4) / width);
  // A drawing that would be unreadable when it fits is shown larger, to be panned.
  const first = Math.max(fitting(), data.legible);
  scroller.style.height = `${Math.min(data.height, Math.ceil(height * first) + 24)}px`;
  const show = (zoom) => {
    const middle = scroller.scrollLeft + scroller.clientWidth / 2;
    const before = view.zoom ?? zoom;
    view.zoom = Math.min(LARGEST, Math.max(SMALLEST, zoom));
    svg.style.width = `${width * view.zoom}px`;
    svg.style.height = `${height * view.zoom}px`;
    scroller.scrollLeft = (middle * view.zoom) / before - scroller.clientWidth / 2;
  };
  if (view.name !== data.name) {
    view.name = data.name;
    view.zoom = null;
    scroller.scrollTo(0, 0);
  }
  show(view.zoom ?? first);
  if (view.toShow !== data.selected) {
    view.toShow = data.selected;
    reveal(scroller, scroller.querySelector(".selected"));
  }

  const part = (element) => element?.closest("[data-toggle], [data-select]");
  const choose = (chosen) => {
    if (chosen) setTriggerValue("clicked", { ...chosen.dataset });
  };
  let drag = null;
  let moved = false;
  scroller.onpointerdown = (event) => {
    moved = false;
    if (event.pointerType === "mouse" && event.button === 0) {
      drag = [event.clientX, event.clientY, scroller.scrollLeft, scroller.scrollTop];
    }
  };
  scroller.onpointermove = (event) => {
    if (!drag) return;
    const [x, y] = [event.clientX - drag[0], event.clientY - drag[1]];
    if (!moved && Math.hypot(x, y) < 5) return;
    moved = true;
    scroller.classList.add("dragged");
    scroller.scrollTo(drag[2] - x, drag[3] - y);
  };
  scroller.onpointerup = scroller.onpointerleave = () => {
    drag = null;
    scroller.classList.remove("dragged");
  };
  scroller.onclick = (event) => {
    if (moved) return;
    // Where a new drawing came between press and release, the event is not of a part of it.
    choose(part(event.target) ?? part(scroller.getRootNode().elementFromPoint(event.clientX, event.clientY)));
  };
  scroller.onkeydown = (event) => {
    const cell = event.target.closest("[data-grid] [data-row]");
    if (cell && event.key in STEPS) {
      event.preventDefault();
      go(cell, STEPS[event.key]);
    }
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(part(event.target));
  };
  scroller.onwheel = (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    show(view.zoom * Math.exp(-event.deltaY / 300));
  };
  parentElement.querySelector(".larger").onclick = () => show(view.zoom * 1.25);
  parentElement.querySelector(".smaller").onclick = () => show(view.zoom / 1.25);
  parentElement.querySelector(".fit").onclick = () => show(fitting());
}
