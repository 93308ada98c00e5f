// Points of a plane; the one nearest to the pointer, or to a tap, shows its picture.
const REACH = 28; // px on screen

export default function (component) {
  const { data, parentElement } = component;
  const map = parentElement.querySelector(".map");
  const drawing = parentElement.querySelector(".drawing");
  const tip = parentElement.querySelector(".tip");
  const thumbnail = parentElement.querySelector(".thumbnail");
  const words = parentElement.querySelector(".words");
  if (drawing.innerHTML === "" || map.drawn !== data.svg) {
    drawing.innerHTML = data.svg;
    map.drawn = data.svg;
    tip.hidden = true;
  }
  thumbnail.style.backgroundImage = `url("${data.mosaic}")`;
  const shown = thumbnail.style;

  const nearest = (x, y, scale) => {
    let best = -1;
    let least = REACH / scale;
    data.points.forEach(([px, py], index) => {
      const distance = Math.hypot(px - x, py - y);
      if (distance <= least) [best, least] = [index, distance];
    });
    return best;
  };
  const show = (event) => {
    const box = drawing.getBoundingClientRect();
    const scale = box.width / data.width;
    const index = nearest((event.clientX - box.left) / scale, (event.clientY - box.top) / scale, scale);
    tip.hidden = index < 0;
    if (index < 0) return;
    const rows = Math.ceil(data.points.length / data.columns);
    const [column, row] = [index % data.columns, Math.floor(index / data.columns)];
    const side = 98;
    shown.backgroundSize = `${data.columns * side}px ${rows * side}px`;
    shown.backgroundPosition = `${-column * side}px ${-row * side}px`;
    words.textContent = data.words[index];
    const [x, y] = data.points[index].map((place) => place * scale);
    // Beside the point, on the side that has room for it.
    tip.style.left = `${x > box.width / 2 ? x - 112 - 14 : x + 14}px`;
    tip.style.top = `${Math.max(0, Math.min(y - 50, box.height - tip.offsetHeight))}px`;
  };
  map.onpointermove = map.onpointerdown = show;
  map.onpointerleave = (event) => {
    if (event.pointerType === "mouse") tip.hidden = true;
  };
}
