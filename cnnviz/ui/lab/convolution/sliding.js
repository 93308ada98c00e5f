// A window that slides over a grid: it steps, plays and is scrubbed here, frame by frame; every
// number was computed by the server. Cells that can be edited go to the server when they change.
const REST = 400; // ms after the last step, when the place goes into the address
const SPEEDS = { slow: 1200, normal: 500, fast: 120, fastest: 1000 / 30 }; // ms a position
const views = new WeakMap();

const signed = (text) => (text.startsWith("-") ? `(${text})` : text);

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  const frame = parentElement.querySelector(".sliding");
  const view = views.get(parentElement) ?? { at: null, playing: null, speed: "normal" };
  views.set(parentElement, view);
  const count = data.outputs.length * data.rows * data.columns;
  if (view.at === null || view.name !== data.name) view.at = data.at;
  view.name = data.name;
  view.at = Math.min(view.at, count - 1);

  const edit = (part) => (row, column, value) =>
    setTriggerValue("edited", { ...part, row, column, value });
  const drawn = (map, edit) => (map.shows ? table(map, edit) : pixelMap(map));
  const inputs = data.inputs.map((map, channel) =>
    drawn(map, data.editable && ((r, c, v) => edit({ part: "grid", channel })((r - data.before[0]) / data.spread, (c - data.before[1]) / data.spread, v))),
  );
  const turned = (side, index) => (data.turned ? side - 1 - index : index);
  const kernels = data.kernels.map((filter, number) => [
    ...filter.map((map, channel) =>
      table({ ...map, name: `filter ${number + 1}, ${map.title}` }, (r, c, v) =>
        edit({ part: "kernel", filter: number, channel })(
          turned(map.numbers.length, r), turned(map.numbers[0].length, c), v,
        ),
      ),
    ),
    table(
      { title: "bias", name: `filter ${number + 1}, bias`, numbers: [[data.biases[number]]], shows: true },
      (r, c, v) => edit({ part: "bias", channel: 0 })(0, number, v),
    ),
  ]);
  const outputs = data.outputs.map((map) => drawn(map));
  const group = (title, tables) =>
    element("div", { className: "group" }, element("h4", { textContent: title }), ...tables.map((t) => t.figure));
  const focused = frame.contains(parentElement.getRootNode().activeElement) &&
    parentElement.getRootNode().activeElement.getAttribute("aria-label");
  const kernelGroups = kernels.map((filter, number) =>
    group(kernels.length > 1 ? `Kernel of filter ${number + 1}` : "Kernel", filter),
  );
  frame.querySelector(".grids").replaceChildren(
    group(data.inputTitle, inputs), ...kernelGroups, group("Output", outputs),
  );
  if (focused) frame.querySelector(`input[aria-label="${focused}"]`)?.focus();

  const scrub = frame.querySelector(".scrub");
  scrub.max = count - 1;
  const play = frame.querySelector(".play");
  const sum = frame.querySelector(".sum");
  const speed = frame.querySelector(".speed");
  speed.value = view.speed;

  const places = (number) => {
    const rest = number % (data.rows * data.columns);
    const filter = Math.floor(number / (data.rows * data.columns));
    return [filter, Math.floor(rest / data.columns), rest % data.columns];
  };
  const output = (kind, number, on) => {
    const [filter, row, column] = places(number);
    outputs[filter][kind](row, column, on);
  };
  for (let number = 0; number < count; number++) output("cover", number, true);
  let latest = -1; // the position whose output was drawn last
  let marked = []; // what it reads: channel, row and column
  const uncover = () => {
    if (latest >= 0) output("now", latest, false);
    for (let number = latest + 1; number <= view.at; number++) output("cover", number, false);
    for (let number = view.at + 1; number <= latest; number++) output("cover", number, true);
    output("now", view.at, true);
    latest = view.at;
  };
  const draw = () => {
    const [filter, row, column] = places(view.at);
    const at = (r, c) => [row * data.step + data.offsets[0][r], column * data.step + data.offsets[1][c]];
    marked.forEach(([channel, y, x]) => inputs[channel].mark(y, x, false));
    marked = data.reads[filter].flatMap((channel) =>
      data.offsets[0].flatMap((_, r) => data.offsets[1].map((_, c) => [channel, ...at(r, c)])),
    );
    marked.forEach(([channel, y, x]) => inputs[channel].mark(y, x, true));
    kernelGroups.forEach((made, number) => made.classList.toggle("idle", number !== filter));
    uncover();
    scrub.value = view.at;
    scrub.setAttribute("aria-valuetext", `filter ${filter + 1}, row ${row + 1}, column ${column + 1}`);
    sum.replaceChildren(...lines(filter, row, column, at));
  };
  // The sum in words of this place: a line for each channel, the result behind.
  const lines = (filter, row, column, at) => {
    const values = (channel) =>
      data.offsets[0].flatMap((_, r) => data.offsets[1].map((_, c) => {
        const [y, x] = at(r, c);
        return [data.inputs[channel].numbers[y][x], r, c];
      }));
    const result = data.outputs[filter].numbers[row][column];
    if (data.pooling) {
      const read = values(filter).map(([value]) => value);
      const said = data.pooling === "max" ? `max(${read.join(", ")})` : `(${read.map(signed).join(" + ")}) / ${read.length}`;
      return [element("p", {}, `${said} = `, element("b", { textContent: result }))];
    }
    const parts = data.reads[filter].map((channel, k) => {
      const terms = values(channel).map(([value, r, c]) => `${signed(value)}x${signed(data.kernels[filter][k].numbers[r][c])}`);
      return terms.join(" + ");
    });
    const bias = data.biases[filter] === "0" ? "" : ` + bias ${signed(data.biases[filter])}`;
    if (parts.length === 1) {
      return [element("p", {}, `${parts[0]}${bias} = `, element("b", { textContent: result }))];
    }
    const subtotals = data.sums[filter][row][column];
    return [
      ...parts.map((part, k) => element("p", {}, `channel ${data.reads[filter][k] + 1}: ${part} = ${subtotals[k]}`)),
      element("p", {}, `${subtotals.map(signed).join(" + ")}${bias} = `, element("b", { textContent: result })),
    ];
  };
  const rest = () => {
    clearTimeout(view.resting);
    view.resting = setTimeout(() => setStateValue("at", view.at), REST);
  };
  const go = (to) => {
    view.at = Math.max(0, Math.min(count - 1, to));
    draw();
    if (!view.playing) rest();
  };
  const stop = () => {
    cancelAnimationFrame(view.playing);
    view.playing = null;
    play.textContent = "▶ Play";
    sum.setAttribute("aria-live", "polite");
    rest();
  };
  const start = () => {
    if (view.at === count - 1) view.at = -1;
    play.textContent = "❚❚ Pause";
    sum.setAttribute("aria-live", "off");
    let due = -Infinity;
    const tick = (now) => {
      if (now >= due - 2) {
        due = Math.max(due, now - SPEEDS[view.speed]) + SPEEDS[view.speed];
        go(view.at + 1);
        if (view.at === count - 1) return stop();
      }
      view.playing = requestAnimationFrame(tick);
    };
    view.playing = requestAnimationFrame(tick);
  };
  if (view.playing) {
    cancelAnimationFrame(view.playing);
    start();
  } else play.textContent = "▶ Play";
  play.onclick = () => (view.playing ? stop() : start());
  frame.querySelector(".back").onclick = () => go(view.at - 1);
  frame.querySelector(".on").onclick = () => go(view.at + 1);
  scrub.oninput = () => go(Number(scrub.value));
  speed.onchange = () => { view.speed = speed.value; };
  frame.onkeydown = (event) => {
    if (["INPUT", "SELECT", "BUTTON"].includes(event.target.tagName)) return;
    const to = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -data.columns, ArrowDown: data.columns }[event.key];
    if (event.key === " ") play.click();
    else if (to) go(view.at + to);
    else return;
    event.preventDefault();
  };
  draw();
  return () => {
    cancelAnimationFrame(view.playing);
    clearTimeout(view.resting);
  };
}
