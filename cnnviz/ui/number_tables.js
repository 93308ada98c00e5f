// Tables of numbers whose cells can be edited; shared by sliding.js and number_cells.js.

const element = (name, options = {}, ...children) => {
  const made = Object.assign(document.createElement(name), options);
  made.append(...children);
  return made;
};

// A table of numbers; cells[row][column] are kept to be marked later.
function table(map, edit) {
  const cells = map.numbers.map((row, r) =>
    row.map((number, c) => {
      const kind = map.kinds ? map.kinds[r][c] : "";
      const cell = element("td", { className: kind });
      if (map.shades) cell.style.background = map.shades[r][c];
      if (edit && !kind) {
        const input = element("input", { value: number, inputMode: "decimal" });
        input.setAttribute("aria-label", `${map.title}, row ${r + 1}, column ${c + 1}`);
        input.onchange = () => edit(r, c, input.value);
        cell.append(input);
      } else if (map.shows) cell.textContent = number;
      return cell;
    }),
  );
  const body = element("table", {}, ...cells.map((row) => element("tr", {}, ...row)));
  body.classList.toggle("pixels", !map.shows);
  body.setAttribute("aria-label", map.title);
  return { cells, figure: element("figure", {}, element("figcaption", { textContent: map.title }), body) };
}
