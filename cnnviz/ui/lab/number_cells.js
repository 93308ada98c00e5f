// Grids of numbers side by side; a cell that changes goes to the server, which draws them again.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const frame = parentElement.querySelector(".cells");
  const root = parentElement.getRootNode();
  const focused = frame.contains(root.activeElement) && root.activeElement.getAttribute("aria-label");
  const tables = data.maps.map((map) =>
    table(map, (row, column, value) => setTriggerValue("edited", { ...map.part, row, column, value })),
  );
  frame.style.setProperty("--bar", data.colour || "transparent");
  frame.replaceChildren(...tables.map((made) => made.figure));
  if (focused) frame.querySelector(`input[aria-label="${focused}"]`)?.focus();
}
