// Makes the Vega specification of a view: lines over periods, or a dot for each code. No line crosses a gap or a break;
// what is withheld or unknown is marked at zero and is never zero; what may not share a scale gets one of its own.
(() => {
  "use strict";
  const INK = "#1c2430", QUIET = "#525d6b", RULE = "#dfe3e9", PAPER = "#ffffff";
  const COLORS = ["#14507a", "#c2571a", "#0f8a6d", "#8a3b82", "#5e6b7a", "#a07800", "#3d7fc1", "#7a2230"];
  const FONT = "Arial, Helvetica, 'Liberation Sans', sans-serif";
  const CROSS = "M-.7,-.7L.7,.7M.7,-.7L-.7,.7";
  const say = (text, given) => text.replace(/\{(\w+)\}/g, (_, name) => given[name]);

  const wrap = (text, most) => {
    const lines = [""], pieces = new RegExp(`.{1,${Math.max(8, most)}}`, "g");
    for (const word of String(text).split(/\s+/).flatMap((part) => part.match(pieces) ?? [])) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length + 1 > most) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines;
  };
  const words = (lines, x, y, style) => ({
    type: "text", aria: false,
    encode: { enter: { x: { value: x }, y: { value: y }, text: { value: lines }, font: { value: FONT }, fontSize: { value: 12 },
      lineHeight: { value: 15 }, fill: { value: INK }, baseline: { value: "top" }, ...style } },
  });
  const top = (series) => Math.max(1, ...series.flatMap((item) => item.points.map((point) => point.high ?? point.value ?? 0)));

  // A run ends at a gap, at a break, and where provisional begins; a provisional point is joined by a dashed piece.
  const runs = (points) => {
    const made = [];
    points.forEach((point, place) => {
      if (point.value === null || place === 0) return;
      const before = points[place - 1];
      if (before.value === null || point.status === "b") return;
      made.push({ dashed: point.status === "p", points: [before, point] });
    });
    return made;
  };

  const panel = (series, order, width, height, view) => {
    const x = { scale: "x", field: "at" }, y = { scale: "y", field: "value" };
    const marks = [], data = [];
    const put = (values, mark) => {
      if (!values.length) return;
      const name = `d${view.next++}`;
      data.push({ name, values });
      marks.push({ aria: false, from: { data: name }, ...mark });
    };
    const line = (points, color, dashed) => put(points, { type: "line", encode: { enter: {
      x, y, stroke: { value: color }, strokeWidth: { value: 2 }, ...(dashed ? { strokeDash: { value: [4, 3] } } : {}) } } });
    const breaks = [...new Set(series.flatMap((item) => item.points.filter((point) => point.status === "b").map((p) => p.at)))];
    const step = order.length > 1 ? width / order.length : width;
    put(breaks.map((at) => ({ at })), { type: "rule", encode: { enter: { x: { ...x, offset: -step / 2 }, y: { value: 0 },
      y2: { value: height }, stroke: { value: QUIET }, strokeDash: { value: [5, 4] } } } });
    for (const item of series) {
      if (series.length <= 3) {
        put(item.points.filter((point) => point.low !== null && point.value !== null), { type: "rule", encode: { enter: {
          x, y: { scale: "y", field: "low" }, y2: { scale: "y", field: "high" }, stroke: { value: item.color },
          strokeWidth: { value: 1.2 }, strokeOpacity: { value: 0.7 } } } });
      }
      if (view.lines) for (const run of runs(item.points)) line(run.points, item.color, run.dashed);
      for (const isHollow of [false, true]) {
        put(item.points.filter((point) => point.value !== null && (point.status === "p") === isHollow), { type: "symbol",
          encode: { enter: { x, y, size: { value: 44 }, fill: { value: isHollow ? PAPER : item.color },
            stroke: { value: item.color }, strokeWidth: { value: 1.8 }, tooltip: { field: "tip" } } } });
      }
      for (const [marker, shape] of [["c", "square"], ["x", CROSS]]) {
        put(item.points.filter((point) => point.value === null && point.marker === marker), { type: "symbol", encode: { enter: {
          x, y: { scale: "y", value: 0 }, shape: { value: shape }, size: { value: 60 }, fill: { value: PAPER },
          stroke: { value: QUIET }, strokeWidth: { value: 1.5 }, tooltip: { field: "tip" } } } });
      }
    }
    const fit = Math.max(1, Math.floor(width / (Math.max(...order.map((at) => at.length)) * 7 + 14)));
    const every = Math.max(1, Math.ceil(order.length / fit));
    return { data, marks, scales: [
      { name: "x", type: "point", domain: order, range: [0, width], padding: 0.5 },
      { name: "y", type: "linear", domain: [0, top(series)], range: [height, 0], nice: true },
    ], axes: [
      { orient: "left", scale: "y", grid: true, tickCount: 5, ...view.axis, domain: false, ticks: false },
      { orient: "bottom", scale: "x", values: order.filter((_, place) => place % every === 0), ...view.axis, ticks: false },
    ] };
  };

  const rows = (series, width, height, view) => {
    const item = series[0], made = panel([{ ...item, points: [] }], [""], width, height, view);
    const y = { scale: "y", field: "at", band: 0.5 }, x = { scale: "x", field: "value" };
    const put = (values, mark) => {
      if (!values.length) return;
      const name = `d${view.next++}`;
      made.data.push({ name, values });
      made.marks.push({ aria: false, from: { data: name }, ...mark });
    };
    const known = item.points.filter((point) => point.value !== null);
    put(known.filter((point) => point.low !== null), { type: "rule", encode: { enter: { y, x: { scale: "x", field: "low" },
      x2: { scale: "x", field: "high" }, stroke: { value: item.color }, strokeWidth: { value: 1.6 } } } });
    put(known, { type: "symbol", encode: { enter: { x, y, size: { value: 56 }, stroke: { value: item.color }, strokeWidth: { value: 1.8 },
      fill: [{ test: "datum.status === 'p'", value: PAPER }, { value: item.color }], tooltip: { field: "tip" } } } });
    const side = { fontSize: { value: 11 }, font: { value: FONT }, baseline: { value: "middle" }, dx: { value: 8 } };
    put(known.map((point) => ({ ...point, end: point.high ?? point.value })), { type: "text", encode: { enter: {
      y, x: { scale: "x", field: "end" }, text: { field: "text" }, fill: { value: INK }, ...side } } });
    put(item.points.filter((point) => point.value === null), { type: "text", encode: { enter: { y, x: { scale: "x", value: 0 },
      text: { field: "text" }, fontStyle: { value: "italic" }, fill: { value: QUIET }, ...side } } });
    made.scales = [
      { name: "x", type: "linear", domain: [0, top([item])], range: [0, width - 60], nice: true },
      { name: "y", type: "band", domain: item.points.map((point) => point.at), range: [0, height], padding: 0.1 },
    ];
    made.axes = [
      { orient: "top", scale: "x", grid: true, tickCount: width > 420 ? 5 : 3, ...view.axis, domain: false, ticks: false },
      { orient: "left", scale: "y", ...view.axis, labelLimit: view.labels, domain: false, ticks: false },
    ];
    return made;
  };

  // given: title, unit, kind ("lines" or "rows"), lines (join the points), order, series [{name, unit, color?, points}],
  // apart (each series on its own scale), notes, width.
  const makeSpec = (given) => {
    const isWide = given.width >= 560;
    const labels = isWide ? 230 : 146;
    const longest = Math.max(0, ...given.series.flatMap((item) => item.points.map((point) => point.at.length)));
    const left = given.kind === "rows" ? Math.min(labels, longest * 6.6) + 14 : 58;
    const width = Math.max(150, given.width - left - 16), letters = Math.floor(given.width / 6.1);
    const axis = { labelFont: FONT, labelFontSize: 12, labelColor: QUIET, gridColor: RULE, domainColor: "#8a94a3", labelPadding: 6 };
    const view = { next: 0, axis, labels, lines: given.lines };
    const series = given.series.map((item, place) => ({ ...item, color: COLORS[place % COLORS.length] }));
    const marks = [], data = [];
    let y = 0;
    const write = (text, style = {}, size = 15, most = letters) => {
      const lines = wrap(text, most);
      marks.push(words(lines, -left + 2, y, { ...style }));
      y += lines.length * size;
    };
    write(given.title, { fontSize: { value: 15 }, fontWeight: { value: "bold" }, lineHeight: { value: 19 } }, 19, Math.floor(given.width / 9));
    y += 3;
    if (!given.apart) write(series[0]?.unit ?? "", { fill: { value: QUIET } });
    if (!given.apart && series.length > 1) {
      let x = -left + 2;
      y += 5;
      for (const item of series) {
        const room = item.name.length * 7 + 34;
        if (x + room > width && x > -left + 2) { x = -left + 2; y += 18; }
        marks.push({ type: "symbol", aria: false, encode: { enter: { x: { value: x + 6 }, y: { value: y + 6 }, size: { value: 90 },
          shape: { value: "square" }, fill: { value: item.color } } } });
        marks.push(words([item.name], x + 17, y, {}));
        x += room;
      }
      y += 20;
    }
    y += 14;
    for (const group of given.apart ? series.map((item) => [item]) : series.length ? [series] : []) {
      if (given.apart) {
        write(`${group[0].name} (${group[0].unit})`, { fontWeight: { value: "bold" } });
        y += 6;
      }
      const height = given.kind === "rows" ? 18 + 22 * group[0].points.length : given.apart ? 150 : 260;
      y += given.kind === "rows" ? 14 : 0;
      const made = given.kind === "rows" ? rows(group, width, height, view) : panel(group, given.order, width, height, view);
      data.push(...made.data);
      marks.push({ type: "group", signals: [{ name: "width", value: width }, { name: "height", value: height }], scales: made.scales, axes: made.axes, marks: made.marks, encode: { enter: {
        x: { value: 0 }, y: { value: y }, width: { value: width }, height: { value: height } } } });
      y += height + 36;
    }
    for (const note of given.notes) {
      write(note, { fontSize: { value: 10.5 }, lineHeight: { value: 14 }, fill: { value: QUIET } }, 14, Math.floor(given.width / 5.6));
      y += 3;
    }
    return { $schema: "https://vega.github.io/schema/vega/v6.json", description: given.says, width, height: y, background: PAPER,
      padding: { left: left, right: 16, top: 8, bottom: 8 }, autosize: { type: "none" }, data, marks };
  };

  globalThis.openjusticeChart = { makeSpec, say };
})();
