// A map that is too large for numbers, as pixels on a canvas: a page of them moves smoothly on a
// phone. It is marked and uncovered as a table of numbers is.
const PIXEL = 8; // canvas pixels of a map's pixel, so that a frame fits into it
const MARK = "#e69f00";
const UNREAD = "rgba(204, 121, 167, 0.7)";

function pixelMap(map) {
  const rows = map.shades.length;
  const columns = map.shades[0].length;
  const canvas = element("canvas", { width: columns * PIXEL, height: rows * PIXEL });
  canvas.style.setProperty("--columns", columns);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", map.name ?? map.title);
  const context = canvas.getContext("2d");
  const paint = (row, column) => {
    context.fillStyle = map.shades[row][column];
    context.fillRect(column * PIXEL, row * PIXEL, PIXEL, PIXEL);
    if (!map.kinds?.[row][column].includes("unread")) return;
    context.fillStyle = UNREAD;
    context.fillRect(column * PIXEL, row * PIXEL, PIXEL, PIXEL);
  };
  const mark = (row, column, on) => {
    paint(row, column);
    if (!on) return;
    context.strokeStyle = MARK;
    context.lineWidth = 2;
    context.strokeRect(column * PIXEL + 1, row * PIXEL + 1, PIXEL - 2, PIXEL - 2);
  };
  const cover = (row, column, on) => {
    if (on) context.clearRect(column * PIXEL, row * PIXEL, PIXEL, PIXEL);
    else paint(row, column);
  };
  map.shades.forEach((line, row) => line.forEach((_, column) => paint(row, column)));
  const caption = element("figcaption", { textContent: map.title });
  return { mark, cover, now: mark, figure: element("figure", {}, caption, canvas) };
}
