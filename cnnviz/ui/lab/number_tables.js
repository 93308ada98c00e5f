// Tables of numbers whose cells can be edited; shared by sliding.js and number_cells.js.

const element = (name, options = {}, ...children) => {
  const made = Object.assign(document.createElement(name), options);
  made.append(...children);
  return made;
};

// A table of numbers, called by its name where its title is not enough; its cells can be marked as
// read or as the latest, and covered.
function table(map, edit) {
  const cells = map.numbers.map((row, r) =>
    row.map((number, c) => {
      const kind = map.kinds ? map.kinds[r][c] : "";
      const cell = element("td", { className: kind });
      if (edit && !kind.includes("padding")) {
        const input = element("input", { value: number, inputMode: "decimal" });
        input.setAttribute("aria-label", `${map.name ?? map.title}, row ${r + 1}, column ${c + 1}`);
        input.onchange = () => edit(r, c, input.value);
        cell.append(input);
      } else cell.textContent = number;
      return cell;
    }),
  );
  const body = element("table", {}, ...cells.map((row) => element("tr", {}, ...row)));
  body.classList.toggle("long", map.numbers.flat().some((text) => text.length > 4));
  body.setAttribute("aria-label", map.name ?? map.title);
  const marks = (name) => (row, column, on) => cells[row][column].classList.toggle(name, on);
  const caption = element("figcaption", { textContent: map.title });
  return {
    mark: marks("read"), cover: marks("later"), now: marks("now"),
    figure: element("figure", {}, caption, body),
  };
}
